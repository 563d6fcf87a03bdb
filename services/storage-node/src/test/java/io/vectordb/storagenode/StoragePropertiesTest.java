package io.vectordb.storagenode;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.unit.DataSize;

class StoragePropertiesTest {

    private static StorageProperties bind(Map<String, String> values) {
        return new Binder(new MapConfigurationPropertySource(values))
                .bindOrCreate("vectordb.storage", StorageProperties.class);
    }

    @Test
    void theDefaultsSuitOneNode() {
        StorageProperties defaults = bind(Map.of());
        assertThat(defaults)
                .isEqualTo(new StorageProperties(
                        "storage-1",
                        Path.of(".vectordb/storage"),
                        "127.0.0.1",
                        0,
                        0,
                        1_000,
                        DataSize.ofMegabytes(128),
                        DataSize.ofMegabytes(64),
                        Duration.ofHours(24)));
        assertThat(defaults.threads()).isEqualTo(2 * Runtime.getRuntime().availableProcessors());
    }

    @Test
    void everySettingIsRead() {
        assertThat(bind(Map.of(
                        "vectordb.storage.node-id", "s7",
                        "vectordb.storage.data-dir", "/data",
                        "vectordb.storage.raft-host", "10.0.0.7",
                        "vectordb.storage.raft-port", "9700",
                        "vectordb.storage.read-threads", "3",
                        "vectordb.storage.read-queue", "5",
                        "vectordb.storage.block-cache", "1GB",
                        "vectordb.storage.write-buffers", "2MB",
                        "vectordb.storage.replica-check-interval", "0s")))
                .isEqualTo(new StorageProperties(
                        "s7",
                        Path.of("/data"),
                        "10.0.0.7",
                        9_700,
                        3,
                        5,
                        DataSize.ofGigabytes(1),
                        DataSize.ofMegabytes(2),
                        Duration.ZERO));
    }
}
