package io.vectordb.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.unit.DataSize;

class PropertiesTest {

    private static <T> T bind(String prefix, Class<T> type, Map<String, String> values) {
        return new Binder(new MapConfigurationPropertySource(values)).bindOrCreate(prefix, type);
    }

    @Test
    void theServerIsOnTheLoopbackUnlessToldOtherwise() {
        assertThat(bind("vectordb.rpc", RpcProperties.class, Map.of()))
                .isEqualTo(new RpcProperties(RpcProperties.Mode.NETWORK, "127.0.0.1", 0, "vectordb"));
        assertThat(bind(
                        "vectordb.rpc",
                        RpcProperties.class,
                        Map.of(
                                "vectordb.rpc.mode", "in-process",
                                "vectordb.rpc.host", "10.0.0.1",
                                "vectordb.rpc.port", "9501",
                                "vectordb.rpc.in-process-name", "other")))
                .isEqualTo(new RpcProperties(RpcProperties.Mode.IN_PROCESS, "10.0.0.1", 9501, "other"));
    }

    @Test
    void theMetadataIsOnTheLoopbackUnlessToldOtherwise() {
        assertThat(bind("vectordb.cluster", ClusterProperties.class, Map.of()))
                .isEqualTo(new ClusterProperties(List.of("127.0.0.1:9301"), Duration.ofSeconds(1)));
        assertThat(bind(
                        "vectordb.cluster",
                        ClusterProperties.class,
                        Map.of(
                                "vectordb.cluster.metadata-address", "inproc:m",
                                "vectordb.cluster.heartbeat", "250ms")))
                .isEqualTo(new ClusterProperties(List.of("inproc:m"), Duration.ofMillis(250)));
    }

    @Test
    void thereAreNoBackupsUntilAFolderIsNamed() {
        assertThat(bind("vectordb.backup", BackupProperties.class, Map.of()))
                .isEqualTo(new BackupProperties(
                        List.of(), DataSize.ofMegabytes(200), 2, Duration.ofHours(24), Duration.ofHours(24)));
        assertThat(bind(
                        "vectordb.backup",
                        BackupProperties.class,
                        Map.of(
                                "vectordb.backup.folders", "/a,/b",
                                "vectordb.backup.bytes-per-second", "1MB",
                                "vectordb.backup.at-once", "4",
                                "vectordb.backup.grace", "1h",
                                "vectordb.backup.timeout", "2h")))
                .isEqualTo(new BackupProperties(
                        List.of(Path.of("/a"), Path.of("/b")),
                        DataSize.ofMegabytes(1),
                        4,
                        Duration.ofHours(1),
                        Duration.ofHours(2)));
    }
}
