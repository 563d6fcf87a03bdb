package io.vectordb.e2e.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.TemplateCommand;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1StatefulSet;
import io.vectordb.e2e.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The chart, rendered by Helm itself and held against what Kubernetes and our services demand. */
class HelmChartTest {

    private static final Path CHART = Checkout.root().resolve("helm/vectordb");
    private static final String NAMESPACE = "search";
    private static final String DOMAIN = "." + NAMESPACE + ".svc.cluster.local";
    private static final Pattern ADDRESS = Pattern.compile("([a-z0-9-]+)" + Pattern.quote(DOMAIN) + ":([0-9]+)");

    private static TemplateCommand template(String mode) {
        return new Helm(CHART)
                .template()
                .withName("demo")
                .withNamespace(NAMESPACE)
                .withKubeVersion("1.34.0")
                .set("mode", mode);
    }

    private static List<Manifest> render(String mode) {
        return Manifest.parse(template(mode).call());
    }

    private static List<Manifest> workloads(List<Manifest> manifests) {
        return manifests.stream().filter(Manifest::isWorkload).toList();
    }

    private static List<Manifest> ofKind(List<Manifest> manifests, String kind) {
        return manifests.stream().filter(each -> each.kind().equals(kind)).toList();
    }

    @Test
    void lintsWithoutAWarning() {
        LintResult result = new Helm(CHART).lint().strict().call();
        assertThat(result.isFailed()).as(result.getMessages().toString()).isFalse();
        assertThat(result.getMessages()).noneMatch(message -> message.contains("WARNING") || message.contains("ERROR"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"cluster", "standalone"})
    void manifestsHoldOnlyWhatKubernetesKnows(String mode) throws IOException {
        List<Manifest> manifests = render(mode);
        assertThat(manifests).isNotEmpty();
        for (Manifest manifest : manifests) {
            JsonElement json = JsonParser.parseString(manifest.json().toString());
            switch (manifest.kind()) {
                case "Service" -> V1Service.validateJsonElement(json);
                case "StatefulSet" -> V1StatefulSet.validateJsonElement(json);
                case "Deployment" -> V1Deployment.validateJsonElement(json);
                case "PodDisruptionBudget" -> V1PodDisruptionBudget.validateJsonElement(json);
                case "NetworkPolicy" -> V1NetworkPolicy.validateJsonElement(json);
                default -> throw new AssertionError("no model for " + manifest);
            }
            assertThat(manifest.at("/metadata/namespace").asString())
                    .as(manifest.toString())
                    .isEqualTo(NAMESPACE);
        }
        assertThat(manifests).extracting(Manifest::toString).doesNotHaveDuplicates();
    }

    @Test
    void clusterHasEveryServiceAndStandaloneIsOnePod() {
        assertThat(workloads(render("cluster")))
                .extracting(Manifest::toString)
                .containsExactlyInAnyOrder(
                        "StatefulSet demo-vectordb-metadata",
                        "StatefulSet demo-vectordb-storage",
                        "StatefulSet demo-vectordb-index",
                        "Deployment demo-vectordb-coordinator",
                        "Deployment demo-vectordb-gateway");
        List<Manifest> standalone = workloads(render("standalone"));
        assertThat(standalone).extracting(Manifest::toString).containsExactly("StatefulSet demo-vectordb-standalone");
        assertThat(standalone.getFirst().at("/spec/replicas").asInt()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cluster", "standalone"})
    void everySelectorMatchesThePodsOfExactlyOneWorkload(String mode) {
        List<Manifest> manifests = render(mode);
        for (Manifest manifest : manifests) {
            Map<String, String> selector = switch (manifest.kind()) {
                case "Service" -> manifest.texts("/spec/selector");
                case "NetworkPolicy" -> Map.of();
                default -> manifest.texts("/spec/selector/matchLabels");
            };
            List<String> matched = workloads(manifests).stream()
                    .filter(workload -> workload.texts("/spec/template/metadata/labels")
                            .entrySet()
                            .containsAll(selector.entrySet()))
                    .map(Manifest::name)
                    .toList();
            if (manifest.isWorkload()) {
                assertThat(matched).as(manifest.toString()).containsExactly(manifest.name());
            } else if (!manifest.kind().equals("NetworkPolicy")) {
                assertThat(matched).as(manifest.toString()).hasSize(1);
            }
        }
    }

    @Test
    void networkPolicyGuardsEveryWorkloadButTheGateway() {
        List<Manifest> manifests = render("cluster");
        Manifest policy = ofKind(manifests, "NetworkPolicy").getFirst();
        List<String> guarded = StreamSupport.stream(
                        policy.at("/spec/podSelector/matchExpressions/0/values").spliterator(), false)
                .map(JsonNode::asString)
                .toList();
        List<String> components = workloads(manifests).stream()
                .map(each -> each.texts("/spec/template/metadata/labels").get("app.kubernetes.io/component"))
                .filter(component -> !component.equals("gateway"))
                .toList();
        assertThat(guarded).containsExactlyInAnyOrderElementsOf(components);
        for (Manifest workload : workloads(manifests)) {
            assertThat(workload.texts("/spec/template/metadata/labels").entrySet())
                    .containsAll(policy.texts("/spec/podSelector/matchLabels").entrySet());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cluster", "standalone"})
    void everyNameOfAServiceIsThatOfOneWithTheSamePort(String mode) {
        List<Manifest> manifests = render(mode);
        List<Manifest> services = ofKind(manifests, "Service");
        for (Manifest workload : workloads(manifests)) {
            String governing = workload.at("/spec/serviceName").asString("");
            if (workload.kind().equals("StatefulSet")) {
                assertThat(services).extracting(Manifest::name).contains(governing);
            }
            environment(workload).values().forEach(value -> {
                if (value.startsWith("$(POD_NAME).")) {
                    assertThat(value).isEqualTo("$(POD_NAME)." + governing + DOMAIN);
                }
                Matcher address = ADDRESS.matcher(value);
                if (address.matches()) {
                    assertThat(services.stream()
                                    .filter(service -> service.name().equals(address.group(1)))
                                    .flatMap(service -> service.each("/spec/ports"))
                                    .map(port -> port.at("/port").asString()))
                            .as("%s calls %s", workload, value)
                            .contains(address.group(2));
                } else {
                    assertThat(value).as(workload.toString()).doesNotContain(".svc.cluster.local:");
                }
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cluster", "standalone"})
    void everyPortOfAServiceIsOneOfItsContainers(String mode) {
        List<Manifest> manifests = render(mode);
        for (Manifest service : ofKind(manifests, "Service")) {
            Manifest workload = workloads(manifests).stream()
                    .filter(each -> each.texts("/spec/template/metadata/labels")
                            .entrySet()
                            .containsAll(service.texts("/spec/selector").entrySet()))
                    .findFirst()
                    .orElseThrow();
            assertThat(ports(workload).keySet())
                    .as(service.toString())
                    .containsAll(service.each("/spec/ports")
                            .map(port -> port.at("/targetPort").asString())
                            .toList());
        }
    }

    @Test
    void internalPortsAreThoseThatTheServicesListenOn() throws IOException {
        for (Manifest workload : workloads(render("cluster"))) {
            Map<String, Integer> ports = ports(workload);
            String service = imageName(workload);
            Path settings = Checkout.root().resolve("services/" + service + "/src/main/resources/application.yml");
            String text = Files.readString(settings);
            if (ports.containsKey("rpc")) {
                assertThat(text).as(service).contains("rpc.port: " + ports.get("rpc"));
            }
            if (ports.containsKey("raft")) {
                assertThat(text).as(service).contains("raft-port: " + ports.get("raft"));
            }
            assertThat(ports).containsEntry("http", 8080);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cluster", "standalone"})
    void everyContainerIsProbedLimitedAndWithoutPrivileges(String mode) {
        for (Manifest workload : workloads(render(mode))) {
            JsonNode container = workload.container();
            assertThat(path(container, "startupProbe")).isEqualTo("/actuator/health/liveness");
            assertThat(path(container, "livenessProbe")).isEqualTo("/actuator/health/liveness");
            assertThat(path(container, "readinessProbe")).isEqualTo("/actuator/health/readiness");
            assertThat(container.at("/resources/limits/memory").asString(""))
                    .as(workload.toString())
                    .isNotEmpty();
            assertThat(container.at("/securityContext/readOnlyRootFilesystem").asBoolean())
                    .isTrue();
            assertThat(container.at("/securityContext/allowPrivilegeEscalation").asBoolean(true))
                    .isFalse();
            assertThat(container.at("/securityContext/capabilities/drop/0").asString())
                    .isEqualTo("ALL");
            assertThat(workload.at("/spec/template/spec/securityContext/runAsNonRoot")
                            .asBoolean())
                    .isTrue();
            assertThat(workload.at("/spec/template/spec/automountServiceAccountToken")
                            .asBoolean(true))
                    .isFalse();
            // Variables such as VECTORDB_METADATA_PORT=tcp://… would be taken for settings.
            assertThat(workload.at("/spec/template/spec/enableServiceLinks").asBoolean(true))
                    .isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cluster", "standalone"})
    void everyMountHasAVolumeAndWhatIsStoredAClaim(String mode) {
        for (Manifest workload : workloads(render(mode))) {
            List<String> claims = workload.each("/spec/volumeClaimTemplates")
                    .map(claim -> claim.at("/metadata/name").asString())
                    .toList();
            List<String> volumes = Stream.concat(
                            claims.stream(),
                            workload.each("/spec/template/spec/volumes")
                                    .map(volume -> volume.at("/name").asString()))
                    .toList();
            assertThat(volumes).as(workload.toString()).doesNotHaveDuplicates();
            assertThat(StreamSupport.stream(
                                    workload.container().at("/volumeMounts").spliterator(), false)
                            .map(mount -> mount.at("/name").asString()
                                    + mount.at("/mountPath").asString()))
                    .containsExactlyInAnyOrder("tmp/tmp", "data/data");
            assertThat(volumes).contains("tmp", "data");
            boolean stores = List.of("metadata", "storage-node", "standalone").contains(imageName(workload));
            assertThat(claims).as(workload.toString()).isEqualTo(stores ? List.of("data") : List.of());
        }
    }

    @Test
    void everyFurtherDiskHasAClaimAPortAndAFolder() {
        List<Manifest> manifests = Manifest.parse(template("cluster")
                .set("storage.extraDisks[0].size", "1Ti")
                .set("storage.extraDisks[1].size", "2Ti")
                .set("storage.extraDisks[1].storageClass", "fast")
                .call());
        Manifest storage = workloads(manifests).stream()
                .filter(workload -> imageName(workload).equals("storage-node"))
                .findFirst()
                .orElseThrow();
        assertThat(storage.each("/spec/volumeClaimTemplates")
                        .map(claim -> claim.at("/metadata/name").asString() + " "
                                + claim.at("/spec/resources/requests/storage").asString()))
                .containsExactly("data 20Gi", "disk-1 1Ti", "disk-2 2Ti");
        assertThat(StreamSupport.stream(storage.container().at("/volumeMounts").spliterator(), false)
                        .map(mount -> mount.at("/name").asString()
                                + mount.at("/mountPath").asString()))
                .contains("disk-1/disks/1", "disk-2/disks/2");
        assertThat(StreamSupport.stream(storage.container().at("/ports").spliterator(), false)
                        .map(port -> port.at("/name").asString() + " "
                                + port.at("/containerPort").asInt()))
                .contains("raft 9211", "raft-1 9212", "raft-2 9213");
        assertThat(environment(storage).get("VECTORDB_STORAGE_DISKS"))
                .isEqualTo("/data/storage,/disks/1/storage,/disks/2/storage");
        assertThat(ofKind(manifests, "Service"))
                .filteredOn(service -> service.name().equals("demo-vectordb-storage"))
                .allMatch(service -> service.json().toString().contains("9213"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"cluster", "standalone"})
    void whoWritesBackupsMountsTheClaimForThem(String mode) {
        for (Manifest workload : workloads(Manifest.parse(
                template(mode).set("backup.existingClaim", "shared").call()))) {
            boolean writes =
                    List.of("storage-node", "query-coordinator", "standalone").contains(imageName(workload));
            assertThat(workload.each("/spec/template/spec/volumes")
                            .map(volume -> volume.at("/persistentVolumeClaim/claimName")
                                    .asString("")))
                    .as(workload.toString())
                    .matches(claims -> claims.contains("shared") == writes);
            assertThat(environment(workload).get("VECTORDB_BACKUP_FOLDERS")).isEqualTo(writes ? "/backups" : null);
        }
        assertThat(render(mode).toString()).doesNotContain("VECTORDB_BACKUP_FOLDERS");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cluster", "standalone"})
    void nothingIsReachableFromOutsideUnlessAskedFor(String mode) {
        for (Manifest service : ofKind(render(mode), "Service")) {
            assertThat(service.at("/spec/type").asString("ClusterIP"))
                    .as(service.toString())
                    .isEqualTo("ClusterIP");
        }
        assertThat(ofKind(
                        Manifest.parse(template(mode)
                                .set("service.type", "LoadBalancer")
                                .call()),
                        "Service"))
                .filteredOn(service -> service.at("/spec/type").asString("").equals("LoadBalancer"))
                .extracting(Manifest::name)
                .containsExactly("demo-vectordb");
    }

    @Test
    void imagesAreThoseOfServicesInTheVersionOfTheBuild() throws IOException {
        String pom = Files.readString(Checkout.root().resolve("pom.xml"));
        Matcher version = Pattern.compile("<artifactId>vectordb</artifactId>\\s*<version>([^<]+)<")
                .matcher(pom);
        assertThat(version.find()).isTrue();
        for (String mode : List.of("cluster", "standalone")) {
            for (Manifest workload : workloads(render(mode))) {
                assertThat(Checkout.services()).contains(imageName(workload));
                assertThat(workload.container().at("/image").asString())
                        .isEqualTo("vectordb/" + imageName(workload) + ":" + version.group(1));
            }
        }
        Manifest pulled = workloads(Manifest.parse(template("standalone")
                        .set("image.registry", "registry.example.com")
                        .set("image.tag", "1.2.3")
                        .call()))
                .getFirst();
        assertThat(pulled.container().at("/image").asString())
                .isEqualTo("registry.example.com/vectordb/standalone:1.2.3");
    }

    @Test
    void moreReplicasThanStorageNodesAreRefused() {
        TemplateCommand command = template("cluster").set("storage.replicas", 2);
        assertThatThrownBy(command::call)
                .hasMessageContaining("metadata.defaultReplicas is 3, but there are 2 storage nodes");
    }

    @Test
    void ofThreeMetadataNodesEachKnowsAllByTheirNames() {
        List<Manifest> manifests =
                Manifest.parse(template("cluster").set("metadata.replicas", 3).call());
        Manifest metadata = workloads(manifests).stream()
                .filter(each -> imageName(each).equals("metadata"))
                .findFirst()
                .orElseThrow();
        assertThat(metadata.at("/spec/replicas").asInt()).isEqualTo(3);
        assertThat(metadata.at("/spec/podManagementPolicy").asString()).isEqualTo("Parallel");
        String domain = ".demo-vectordb-metadata." + NAMESPACE + ".svc.cluster.local:9301:9311";
        assertThat(environment(metadata).get("VECTORDB_METADATA_MEMBERS"))
                .isEqualTo(Stream.of(0, 1, 2)
                        .map(i -> "demo-vectordb-metadata-" + i)
                        .map(pod -> pod + "@" + pod + domain)
                        .collect(Collectors.joining(",")));
        assertThat(environment(metadata)).containsEntry("VECTORDB_METADATA_NODE_ID", "$(POD_NAME)");
        assertThat(ofKind(manifests, "PodDisruptionBudget"))
                .extracting(Manifest::name)
                .contains("demo-vectordb-metadata");
        assertThatThrownBy(() -> template("cluster").set("metadata.replicas", 2).call())
                .hasMessageContaining("replicas");
    }

    @Test
    void misspeltAndImpossibleValuesAreRefused() {
        assertThatThrownBy(() -> template("cluster").set("storage.replica", 5).call())
                .hasMessageContaining("replica");
        assertThatThrownBy(() -> template("clustered").call()).hasMessageContaining("mode");
        assertThatThrownBy(() -> template("cluster").set("index.replicas", 0).call())
                .hasMessageContaining("replicas");
    }

    private static Map<String, String> environment(Manifest workload) {
        return StreamSupport.stream(workload.container().at("/env").spliterator(), false)
                .collect(Collectors.toMap(
                        each -> each.at("/name").asString(),
                        each -> each.at("/value").asString("")));
    }

    private static Map<String, Integer> ports(Manifest workload) {
        return StreamSupport.stream(workload.container().at("/ports").spliterator(), false)
                .collect(Collectors.toMap(
                        each -> each.at("/name").asString(),
                        each -> each.at("/containerPort").asInt()));
    }

    private static String imageName(Manifest workload) {
        return workload.container().at("/image").asString().replaceAll("^.*/|:.*$", "");
    }

    private static String path(JsonNode container, String probe) {
        return container.at("/" + probe + "/httpGet/path").asString("");
    }
}
