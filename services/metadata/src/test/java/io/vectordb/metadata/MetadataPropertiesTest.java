package io.vectordb.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class MetadataPropertiesTest {

    @Test
    void defaultsAreThoseOfASingleProcess() {
        assertThat(bind(Map.of()))
                .isEqualTo(new MetadataProperties(
                        Path.of("data/metadata"), "127.0.0.1", 0, "metadata-1", List.of(), 0, Duration.ofSeconds(5)));
    }

    @Test
    void everyPropertyIsMapped() {
        assertThat(bind(Map.of(
                        "vectordb.metadata.data-dir", "/srv/metadata",
                        "vectordb.metadata.raft-host", "10.0.0.1",
                        "vectordb.metadata.raft-port", "9311",
                        "vectordb.metadata.node-id", "metadata-2",
                        "vectordb.metadata.default-replicas", "5")))
                .isEqualTo(new MetadataProperties(
                        Path.of("/srv/metadata"), "10.0.0.1", 9311, "metadata-2", List.of(), 5, Duration.ofSeconds(5)));
    }

    @Test
    void aGroupIsAListOfMembersOfWhichTheNodeIsOne() {
        MetadataMembers group = bind(Map.of(
                        "vectordb.metadata.node-id",
                        "m2",
                        "vectordb.metadata.members",
                        "m1@a.example:9301:9311, m2@b.example:9301:9311, m3@[::1]:9302:9312"))
                .group()
                .orElseThrow();
        assertThat(group.list())
                .containsExactly(
                        new MetadataMembers.Member("m1", "a.example", 9301, 9311),
                        new MetadataMembers.Member("m2", "b.example", 9301, 9311),
                        new MetadataMembers.Member("m3", "[::1]", 9302, 9312));
        assertThat(group.others()).hasSize(2);
        assertThatThrownBy(() -> new MetadataMembers("m4", group.list())).hasMessageContaining("m4 is not among");
        assertThatThrownBy(() -> new MetadataMembers("m1", group.list().subList(0, 2)))
                .hasMessageContaining("1, 3 or 5 members");
        assertThatThrownBy(() -> MetadataMembers.Member.parse("m1@a:9301")).hasMessageContaining("id@host");
    }

    private static MetadataProperties bind(Map<String, String> values) {
        return new Binder(new MapConfigurationPropertySource(values))
                .bindOrCreate("vectordb.metadata", MetadataProperties.class);
    }
}
