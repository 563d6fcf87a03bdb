# One image per service, made of the executable jar that Maven has built:
#
#   mvn -DskipTests package
#   docker build --build-arg SERVICE=standalone -t vectordb/standalone .
#
# SERVICE is a folder of services/: metadata, storage-node, index-node, query-coordinator, gateway or standalone.

FROM eclipse-temurin:25-jre AS layers
ARG SERVICE=standalone
WORKDIR /build
COPY services/${SERVICE}/target/${SERVICE}-*-exec.jar app.jar
# The libraries change seldom and the application often: as layers of their own they are stored and pulled once.
RUN java -Djarmode=tools -jar app.jar extract --layers --destination layers --application-filename app.jar \
    && mkdir -p layers/dependencies/lib layers/snapshot-dependencies/lib

FROM eclipse-temurin:25-jre
ARG SERVICE=standalone
ARG VERSION=0.1.0-SNAPSHOT
LABEL org.opencontainers.image.title="VectorDB ${SERVICE}" \
      org.opencontainers.image.description="A distributed vector database in which text, numbers and embeddings are asked in one query" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="Apache-2.0"

# A fixed number, so that an orchestrator can check that it is not root and give volumes to its group.
RUN groupadd --gid 10001 vectordb \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /app --shell /usr/sbin/nologin vectordb \
    && install -d -o 10001 -g 10001 /data /backups

WORKDIR /app
COPY --from=layers /build/layers/dependencies/ ./
COPY --from=layers /build/layers/snapshot-dependencies/ ./
COPY --from=layers /build/layers/application/ ./

# In a container every service answers REST and probes on 8080 and is reached from outside; who runs it on the host's
# network sets the addresses. DJL unpacks its native libraries into the cache, RocksDB and ONNX Runtime into /tmp.
ENV SERVER_ADDRESS=0.0.0.0 \
    SERVER_PORT=8080 \
    SPRING_GRPC_SERVER_ADDRESS=0.0.0.0 \
    VECTORDB_DATA_DIR=/data \
    VECTORDB_METADATA_DATA_DIR=/data/metadata \
    VECTORDB_STORAGE_DATA_DIR=/data/storage \
    VECTORDB_INDEX_DATA_DIR=/data/index \
    DJL_CACHE_DIR=/tmp/djl \
    JAVA_OPTS=""

USER 10001:10001
VOLUME /data
EXPOSE 8080 9090

# Half of the memory limit is heap: RocksDB's caches, ONNX Runtime, network buffers and threads live beside it. A peer that
# restarts may come back under another address: names are kept for 5 seconds, by the JVM and by gRPC. JAVA_OPTS comes later on the line and so wins. exec: the JVM is process 1 and receives the signal to stop.
ENTRYPOINT ["/bin/bash", "-c", "exec java --add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -XX:MaxRAMPercentage=50 -XX:+ExitOnOutOfMemoryError -Dsun.net.inetaddr.ttl=5 -Dnetworkaddress.cache.ttl=5 -Dai.djl.offline=true ${JAVA_OPTS} -jar app.jar \"$@\"", "vectordb"]

# bash speaks TCP by itself, so the image needs no curl.
HEALTHCHECK --interval=5s --timeout=4s --start-period=120s --retries=6 \
    CMD ["/bin/bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/${SERVER_PORT} && printf 'GET /actuator/health/readiness HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [ \"$status\" = 200 ]"]
