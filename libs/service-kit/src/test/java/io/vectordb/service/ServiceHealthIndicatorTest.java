package io.vectordb.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

class ServiceHealthIndicatorTest {

    private record Fixed(String name, Optional<String> notReadyBecause) implements ServiceReadiness {}

    @Test
    void itIsUpOnlyWhenAllServicesAreReadyAndSaysOfEachWhyItIsNot() {
        Fixed ready = new Fixed("a", Optional.empty());
        Fixed building = new Fixed("b", Optional.of("rebuilding notes-0"));
        assertThat(new ServiceHealthIndicator(List.of(ready)).health().getStatus())
                .isEqualTo(Status.UP);
        Health health = new ServiceHealthIndicator(List.of(building, ready)).health();
        assertThat(health.getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
        assertThat(health.getDetails()).containsEntry("a", "ready").containsEntry("b", "rebuilding notes-0");
    }
}
