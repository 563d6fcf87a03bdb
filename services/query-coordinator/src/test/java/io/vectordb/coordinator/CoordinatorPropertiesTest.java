package io.vectordb.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class CoordinatorPropertiesTest {

    private static CoordinatorProperties bind(Map<String, String> values) {
        return new Binder(new MapConfigurationPropertySource(values))
                .bindOrCreate("vectordb.coordinator", CoordinatorProperties.class);
    }

    @Test
    void aCallHasTenSecondsUnlessItNamesOthers() {
        assertThat(bind(Map.of()))
                .isEqualTo(new CoordinatorProperties(
                        Duration.ofSeconds(10), Duration.ofHours(1), Duration.ofSeconds(5), 0));
    }

    @Test
    void everySettingIsRead() {
        assertThat(bind(Map.of(
                        "vectordb.coordinator.timeout", "3s",
                        "vectordb.coordinator.max-timeout", "5m",
                        "vectordb.coordinator.max-staleness", "7s",
                        "vectordb.coordinator.embed-threads", "2")))
                .isEqualTo(new CoordinatorProperties(
                        Duration.ofSeconds(3), Duration.ofMinutes(5), Duration.ofSeconds(7), 2));
    }
}
