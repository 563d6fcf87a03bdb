package io.vectordb.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClusterSettingsTest {

    private static List<Violation> violations(Map<String, String> set, List<String> unset) {
        return catchThrowableOfType(VectorDbException.class, () -> ClusterSettings.DEFAULTS.with(set, unset))
                .violations();
    }

    @Test
    void everySettingHasADefaultThatItWouldAccept() {
        for (ClusterSettings.Key key : ClusterSettings.Key.values()) {
            assertThat(ClusterSettings.DEFAULTS
                            .with(Map.of(key.key(), key.byDefault()), List.of())
                            .values())
                    .isEqualTo(ClusterSettings.DEFAULTS.values());
            assertThat(key.meaning()).isNotEmpty();
        }
    }

    @Test
    void whatIsSetCountsUntilItIsUnset() {
        ClusterSettings set = ClusterSettings.DEFAULTS.with(Map.of("nodes.down_after", "2m"), List.of());
        assertThat(set.downAfter()).isEqualTo(Duration.ofMinutes(2));
        assertThat(set.suspectAfter()).isEqualTo(Duration.ofSeconds(5));
        assertThat(set.with(Map.of(), List.of("nodes.down_after"))).isEqualTo(ClusterSettings.DEFAULTS);
    }

    @Test
    void whatIsUnknownOutOfRangeOrContradictoryIsRefusedWithTheReason() {
        assertThat(violations(Map.of("nodes.down_after", "soon", "nodes.no", "1s"), List.of("nodes.none")))
                .extracting(Violation::path)
                .containsExactlyInAnyOrder("set.nodes.down_after", "set.nodes.no", "unset.nodes.none");
        assertThat(violations(Map.of("nodes.suspect_after", "1s"), List.of())
                        .getFirst()
                        .message())
                .isEqualTo("expected 2s to 10m, received 1s");
        assertThat(violations(Map.of("nodes.suspect_after", "30s"), List.of())
                        .getFirst()
                        .message())
                .contains("more than nodes.suspect_after, which is 30s");
    }
}
