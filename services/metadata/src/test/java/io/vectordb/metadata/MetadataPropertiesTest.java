package io.vectordb.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class MetadataPropertiesTest {

    @Test
    void defaultsAreThoseOfASingleProcess() {
        assertThat(bind(Map.of()))
                .isEqualTo(new MetadataProperties(Path.of("data/metadata"), "127.0.0.1", 0, "metadata-1", 0));
    }

    @Test
    void everyPropertyIsMapped() {
        assertThat(bind(Map.of(
                        "vectordb.metadata.data-dir", "/srv/metadata",
                        "vectordb.metadata.raft-host", "10.0.0.1",
                        "vectordb.metadata.raft-port", "9311",
                        "vectordb.metadata.node-id", "metadata-2",
                        "vectordb.metadata.default-replicas", "5")))
                .isEqualTo(new MetadataProperties(Path.of("/srv/metadata"), "10.0.0.1", 9311, "metadata-2", 5));
    }

    private static MetadataProperties bind(Map<String, String> values) {
        return new Binder(new MapConfigurationPropertySource(values))
                .bindOrCreate("vectordb.metadata", MetadataProperties.class);
    }
}
