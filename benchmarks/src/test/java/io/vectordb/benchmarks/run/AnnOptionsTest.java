package io.vectordb.benchmarks.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectordb.benchmarks.data.Similarity;
import io.vectordb.benchmarks.peer.Catalog;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AnnOptionsTest {

    @Test
    void defaultsAreThoseOfTheGoals() {
        AnnOptions options = AnnOptions.parse(List.of("set"));
        assertThat(options.dataset()).isEqualTo("set");
        assertThat(options.rounds()).isEqualTo(7);
        assertThat(options.m()).isEqualTo(16);
        assertThat(options.efConstruction()).isEqualTo(100);
        assertThat(options.beams()).hasSize(12).startsWith(10).endsWith(512);
        assertThat(options.threads()).containsExactly(1, 2);
        assertThat(options.engines()).containsExactlyElementsOf(Catalog.names());
    }

    @Test
    void optionsAreTaken() {
        AnnOptions options = AnnOptions.parse(List.of(
                "--ef",
                "8,9",
                "set",
                "--clock",
                "cpu",
                "--metric",
                "l2",
                "--engines",
                "hnswlib",
                "--filtered",
                "--jvm-flag",
                "-Xint"));
        assertThat(options.beams()).containsExactly(8, 9);
        assertThat(options.clock()).isEqualTo(Clock.CPU);
        assertThat(options.similarity()).isEqualTo(Similarity.L2);
        assertThat(options.engines()).containsExactly("hnswlib");
        assertThat(options.mode()).isEqualTo(AnnMode.FILTERED);
        assertThat(options.jvmFlags()).containsExactly("-Xint");
    }

    @Test
    void wrongOnesAreRefusedWithTheirValues() {
        assertThatThrownBy(() -> AnnOptions.parse(List.of("--rounds", "0")))
                .hasMessageContaining("--rounds, received 0");
        assertThatThrownBy(() -> AnnOptions.parse(List.of("--ef", "1,x"))).hasMessageContaining("received x");
        assertThatThrownBy(() -> AnnOptions.parse(List.of("--rounds"))).hasMessageContaining("needs a value");
        assertThatThrownBy(() -> AnnOptions.parse(List.of("--fast", "1"))).hasMessageContaining("no option --fast");
        assertThatThrownBy(() -> AnnOptions.parse(List.of("a", "b"))).hasMessageContaining("not also b");
        assertThatThrownBy(() -> AnnOptions.parse(List.of()).dataset()).hasMessageContaining("expected a data set");
    }
}
