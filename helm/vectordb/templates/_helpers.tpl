{{/* Short enough for what is appended: the component, a pod's number, the hash of a revision. */}}
{{- define "vectordb.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* Arguments of all that follow: a dict of root, the root context, and component, such as "storage". */}}
{{- define "vectordb.componentName" -}}
{{- printf "%s-%s" (include "vectordb.fullname" .root) .component -}}
{{- end -}}

{{- define "vectordb.selectorLabels" -}}
app.kubernetes.io/name: {{ default .root.Chart.Name .root.Values.nameOverride | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "vectordb.labels" -}}
{{ include "vectordb.selectorLabels" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end -}}

{{- define "vectordb.metadata" -}}
name: {{ include "vectordb.componentName" . }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "vectordb.labels" . | nindent 2 }}
{{- end -}}

{{/* The name by which a pod of a StatefulSet is reached, and which it resolves itself from its hosts file. */}}
{{- define "vectordb.podHost" -}}
{{- printf "$(POD_NAME).%s.%s.svc.%s" (include "vectordb.componentName" .) .root.Release.Namespace .root.Values.clusterDomain -}}
{{- end -}}

{{/* A name that ends with the cluster's domain and a port: no search path is tried. */}}
{{- define "vectordb.metadataAddress" -}}
{{- $name := include "vectordb.componentName" (dict "root" .root "component" "metadata") -}}
{{- printf "%s.%s.svc.%s:9301" $name .root.Release.Namespace .root.Values.clusterDomain -}}
{{- end -}}

{{/* A Service that gives each pod a name, also before it is ready: nodes need each other to become so. */}}
{{- define "vectordb.headlessService" -}}
apiVersion: v1
kind: Service
metadata:
  {{- include "vectordb.metadata" . | nindent 2 }}
spec:
  clusterIP: None
  publishNotReadyAddresses: true
  selector:
    {{- include "vectordb.selectorLabels" . | nindent 4 }}
  ports:
    {{- range .ports }}
    - {name: {{ .name }}, port: {{ .port }}, targetPort: {{ .name }}}
    {{- end }}
{{- end -}}

{{/* A dict of name and persistence. */}}
{{- define "vectordb.volumeClaim" -}}
- metadata:
    name: {{ .name }}
  spec:
    accessModes: [ReadWriteOnce]
    {{- with .persistence.storageClass }}
    storageClassName: {{ . }}
    {{- end }}
    resources:
      requests:
        storage: {{ .persistence.size }}
{{- end -}}

{{/*
The pod template of every workload. Beyond root and component: image (the service's), values (of the component), ports
(name and port, beside http), env (a YAML text), persistent (whether the workload claims a volume named data), disks (how
many further volumes it claims), backups (whether it reads or writes them).
*/}}
{{- define "vectordb.podTemplate" -}}
{{- $global := .root.Values -}}
{{- $backups := and .backups $global.backup.existingClaim -}}
metadata:
  labels:
    {{- include "vectordb.labels" . | nindent 4 }}
    {{- with $global.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- if $global.scrapeAnnotations }}
  annotations:
    prometheus.io/scrape: "true"
    prometheus.io/path: /actuator/prometheus
    prometheus.io/port: "8080"
  {{- end }}
spec:
  automountServiceAccountToken: false
  # The variables of service links, such as VECTORDB_METADATA_PORT, would be read as settings.
  enableServiceLinks: false
  terminationGracePeriodSeconds: 60
  {{- with $global.image.pullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 10001
    runAsGroup: 10001
    fsGroup: 10001
    fsGroupChangePolicy: OnRootMismatch
    seccompProfile:
      type: RuntimeDefault
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "vectordb.selectorLabels" . | nindent 10 }}
  {{- with $global.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $global.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    - name: {{ .component }}
      image: {{ with $global.image.registry }}{{ . }}/{{ end }}{{ $global.image.repository }}/{{ .image }}:{{ default .root.Chart.AppVersion $global.image.tag }}
      imagePullPolicy: {{ $global.image.pullPolicy }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities:
          drop: [ALL]
      env:
        - name: POD_NAME
          valueFrom: {fieldRef: {fieldPath: metadata.name}}
        {{- with .values.javaOpts }}
        - {name: JAVA_OPTS, value: {{ . | quote }}}
        {{- end }}
        {{- with .env }}
        {{- . | nindent 8 }}
        {{- end }}
        {{- if $backups }}
        - {name: VECTORDB_BACKUP_FOLDERS, value: /backups}
        {{- end }}
        {{- with .values.extraEnv }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      ports:
        - {name: http, containerPort: 8080}
        {{- range .ports }}
        - {name: {{ .name }}, containerPort: {{ .port }}}
        {{- end }}
      startupProbe:
        httpGet: {path: /actuator/health/liveness, port: http}
        periodSeconds: 3
        failureThreshold: 100
      livenessProbe:
        httpGet: {path: /actuator/health/liveness, port: http}
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 6
      readinessProbe:
        httpGet: {path: /actuator/health/readiness, port: http}
        periodSeconds: 5
        timeoutSeconds: 3
        failureThreshold: 2
      lifecycle:
        # Time for the other side to learn that this pod is going, before it stops to listen.
        preStop: {exec: {command: [sleep, "3"]}}
      resources:
        {{- toYaml .values.resources | nindent 8 }}
      volumeMounts:
        - {name: tmp, mountPath: /tmp}
        - {name: data, mountPath: /data}
        {{- range $i := until (int .disks) }}
        - {name: disk-{{ add1 $i }}, mountPath: /disks/{{ add1 $i }}}
        {{- end }}
        {{- if $backups }}
        - {name: backups, mountPath: /backups}
        {{- end }}
  volumes:
    {{- if $backups }}
    - name: backups
      persistentVolumeClaim: {claimName: {{ $global.backup.existingClaim }}}
    {{- end }}
    - name: tmp
      emptyDir: {sizeLimit: 512Mi}
    {{- if not .persistent }}
    - name: data
      emptyDir: {sizeLimit: {{ .values.cacheSize | default "64Mi" }}}
    {{- end }}
{{- end -}}
