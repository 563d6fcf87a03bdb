package io.vectordb.benchmarks.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectordb.benchmarks.data.Dataset;
import io.vectordb.benchmarks.data.IdFile;
import io.vectordb.benchmarks.data.Similarity;
import io.vectordb.benchmarks.data.TestData;
import io.vectordb.benchmarks.engine.Message;
import io.vectordb.benchmarks.run.Recall;
import io.vectordb.testkit.Seeds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The drivers of peers that are installed here; the others are skipped. */
final class PeerProcessTest {

    /** Kept between builds, since compiling takes longer than all the tests. */
    private static final Path DRIVERS = Path.of("target/test-drivers");

    private final Random random = Seeds.random(PeerProcessTest.class);
    private final List<String> said = new ArrayList<>();

    @TempDir
    private Path folder;

    private List<EngineLaunch> available(Dataset dataset, String python, String... names) throws IOException {
        Catalog.Settings settings = new Catalog.Settings(16, 100, DRIVERS, python, List.of());
        return new Catalog(dataset, settings, said::add).available(Set.of(names));
    }

    @ParameterizedTest
    @ValueSource(strings = {"hnswlib", "faiss", "faiss-sq8"})
    void aPeerBuildsAndFindsTheNearest(String name) throws IOException {
        for (Similarity similarity : List.of(Similarity.COSINE, Similarity.L2)) {
            Dataset dataset = TestData.dataset(folder, random, 500, 20, similarity);
            List<EngineLaunch> launches = available(dataset, "python3", name);
            Assumptions.assumeFalse(launches.isEmpty(), () -> String.join(", ", said));
            Path ids = folder.resolve("ids.ivecs");
            try (EngineProcess peer = EngineProcess.start(launches.getFirst(), folder)) {
                assertThat(peer.ask(new Message("build").with("threads", 2)).number("search_bytes"))
                        .isGreaterThan(500 * 24);
                peer.ask(new Message("search")
                        .with("ef", 100)
                        .with("k", 10)
                        .with("repeat", 1)
                        .with("out", ids));
                assertThatThrownBy(() -> peer.ask(new Message("grow")))
                        .isInstanceOf(UnsupportedOperationException.class);
            }
            assertThat(Recall.at(10, IdFile.read(ids), dataset.neighbors())).isGreaterThan(0.9);
        }
    }

    @Test
    void aPeerThatIsNotInstalledIsLeftOutWithAWordOnHowToInstallIt() throws IOException {
        Dataset dataset = TestData.dataset(folder, random, 20, 2, Similarity.L2);
        assertThat(available(dataset, "no-such-python", "faiss", "faiss-sq8")).isEmpty();
        assertThat(said).hasSize(1).first().asString().contains("faiss-cpu");
    }

    @Test
    void anEngineThatDoesNotExistIsRefused() throws IOException {
        Dataset dataset = TestData.dataset(folder, random, 20, 2, Similarity.L2);
        assertThatThrownBy(() -> available(dataset, "python3", "annoy")).hasMessageContaining("no engine annoy");
    }

    @Test
    void aProcessThatEndsIsReportedWithItsLog() throws IOException {
        EngineLaunch launch = new EngineLaunch("broken", "Broken", false, List.of("false"));
        try (EngineProcess process = EngineProcess.start(launch, folder)) {
            assertThatThrownBy(() -> process.ask(new Message("info")))
                    .hasMessageContaining("broken")
                    .hasMessageContaining("broken.log");
        }
    }
}
