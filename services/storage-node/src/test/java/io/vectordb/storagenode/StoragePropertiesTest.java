package io.vectordb.storagenode;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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
                        List.of(),
                        new StorageProperties.DiskWatermarks(0.85, 0.9, 0.95),
                        "127.0.0.1",
                        0,
                        0,
                        1_000,
                        DataSize.ofMegabytes(128),
                        DataSize.ofMegabytes(64),
                        Duration.ofHours(24),
                        DataSize.ofMegabytes(20),
                        Duration.ofDays(7)));
        assertThat(defaults.threads()).isEqualTo(2 * Runtime.getRuntime().availableProcessors());
    }

    @Test
    void everySettingIsRead() {
        assertThat(bind(Map.ofEntries(
                        Map.entry("vectordb.storage.node-id", "s7"),
                        Map.entry("vectordb.storage.disks", "/a,/b"),
                        Map.entry("vectordb.storage.watermarks.no-new-replicas", "0.7"),
                        Map.entry("vectordb.storage.raft-host", "10.0.0.7"),
                        Map.entry("vectordb.storage.raft-port", "9700"),
                        Map.entry("vectordb.storage.read-threads", "3"),
                        Map.entry("vectordb.storage.read-queue", "5"),
                        Map.entry("vectordb.storage.block-cache", "1GB"),
                        Map.entry("vectordb.storage.write-buffers", "2MB"),
                        Map.entry("vectordb.storage.replica-check-interval", "0s"),
                        Map.entry("vectordb.storage.scrub-rate", "1MB"),
                        Map.entry("vectordb.storage.scrub-interval", "1d"))))
                .isEqualTo(new StorageProperties(
                        "s7",
                        Path.of(".vectordb/storage"),
                        List.of(Path.of("/a"), Path.of("/b")),
                        new StorageProperties.DiskWatermarks(0.7, 0.9, 0.95),
                        "10.0.0.7",
                        9_700,
                        3,
                        5,
                        DataSize.ofGigabytes(1),
                        DataSize.ofMegabytes(2),
                        Duration.ZERO,
                        DataSize.ofMegabytes(1),
                        Duration.ofDays(1)));
    }
}
