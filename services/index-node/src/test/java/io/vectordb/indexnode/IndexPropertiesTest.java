package io.vectordb.indexnode;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.unit.DataSize;

class IndexPropertiesTest {

    private static IndexProperties bind(Map<String, String> values) {
        return new Binder(new MapConfigurationPropertySource(values))
                .bindOrCreate("vectordb.index", IndexProperties.class);
    }

    @Test
    void theDefaultsSearchOnEveryCore() {
        IndexProperties defaults = bind(Map.of());
        assertThat(defaults)
                .isEqualTo(new IndexProperties(
                        "index-1",
                        100,
                        0,
                        1_000,
                        DataSize.ofBytes(0),
                        Path.of("x"),
                        1,
                        DataSize.ofBytes(1),
                        Duration.ZERO,
                        Duration.ZERO,
                        DataSize.ofBytes(1),
                        Duration.ofSeconds(1)));
        assertThat(defaults.vectorMemoryBytes()).isGreaterThan(100L << 20);
        assertThat(defaults.threads()).isEqualTo(Runtime.getRuntime().availableProcessors());
    }

    @Test
    void everySettingIsRead() {
        assertThat(bind(Map.of(
                        "vectordb.index.node-id", "i7",
                        "vectordb.index.ef-search", "64",
                        "vectordb.index.search-threads", "3",
                        "vectordb.index.search-queue", "5",
                        "vectordb.index.vector-memory", "300MB",
                        "vectordb.index.tail-wait", "200ms")))
                .isEqualTo(new IndexProperties(
                        "i7",
                        64,
                        3,
                        5,
                        DataSize.ofMegabytes(300),
                        Path.of("x"),
                        1,
                        DataSize.ofBytes(1),
                        Duration.ZERO,
                        Duration.ZERO,
                        DataSize.ofBytes(1),
                        Duration.ofMillis(200)));
    }
}
