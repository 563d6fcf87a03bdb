package io.vectordb.benchmarks.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.benchmarks.data.Allowed;
import io.vectordb.benchmarks.data.Dataset;
import io.vectordb.benchmarks.data.ExactNeighbors;
import io.vectordb.benchmarks.data.FilterFile;
import io.vectordb.benchmarks.data.IdFile;
import io.vectordb.benchmarks.data.Similarity;
import io.vectordb.benchmarks.data.TestData;
import io.vectordb.benchmarks.run.Recall;
import io.vectordb.testkit.Seeds;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EngineServerTest {

    private final Random random = Seeds.random(EngineServerTest.class);

    @TempDir
    private Path folder;

    private List<Message> serve(Dataset dataset, String name, Message... requests) throws IOException {
        String lines = Stream.of(requests).map(Message::line).reduce("", (a, b) -> a + b + "\n");
        StringWriter answers = new StringWriter();
        EngineSettings settings =
                new EngineSettings(dataset.similarity(), dataset.base().dimension(), 16, 100);
        try (Engine engine = Engines.create(name, settings)) {
            new EngineServer(engine, dataset.base(), dataset.queries().toArrays())
                    .serve(new BufferedReader(new StringReader(lines + "quit\n")), new PrintWriter(answers));
        }
        return answers.toString().lines().map(Message::parse).toList();
    }

    private Message search(int ef) {
        return new Message("search")
                .with("ef", ef)
                .with("k", 10)
                .with("repeat", 2)
                .with("out", folder.resolve("ids.ivecs"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"vectordb", "vectordb-float", Engines.LUCENE, Engines.JVECTOR})
    void builtAndSearchedThroughItsLinesAnEngineFindsTheNearest(String name) throws IOException {
        for (Similarity similarity : List.of(Similarity.COSINE, Similarity.L2)) {
            Dataset dataset = TestData.dataset(folder, random, 600, 30, similarity);
            List<Message> answers =
                    serve(dataset, name, new Message("info"), new Message("build").with("threads", 1), search(200));
            assertThat(answers).extracting(Message::verb).containsExactly("info", "built", "searched");
            assertThat(answers.getFirst().text("version")).isNotBlank();
            assertThat(answers.get(1).number("search_bytes")).isGreaterThan(600 * 24 * 4);
            assertThat(answers.get(2).decimal("p99_micros"))
                    .isGreaterThanOrEqualTo(answers.get(2).decimal("p50_micros"));
            int[][] found = IdFile.read(folder.resolve("ids.ivecs"));
            assertThat(Recall.at(10, found, dataset.neighbors())).isGreaterThan(0.95);
        }
    }

    @Test
    void underAFilterOnlyWhatIsAllowedIsFound() throws IOException {
        Dataset dataset = TestData.dataset(folder, random, 500, 20, Similarity.L2);
        Allowed allowed = new Allowed(500);
        for (int i = 0; i < 500; i += 7) {
            allowed.add(i);
        }
        Path file = folder.resolve("filter.bits");
        FilterFile.write(file, List.of(allowed));
        serve(
                dataset,
                "vectordb",
                new Message("build").with("threads", 1),
                new Message("filter").with("path", file),
                search(100));
        int[][] found = IdFile.read(folder.resolve("ids.ivecs"));
        int[][] exact = new ExactNeighbors(dataset.base(), dataset.similarity())
                .of(dataset.queries().toArrays(), 10, query -> allowed);
        assertThat(Arrays.stream(found).flatMapToInt(Arrays::stream)).allMatch(allowed::contains);
        assertThat(Recall.at(10, found, exact)).isGreaterThan(0.95);
    }

    @Test
    void searchesWhileItGrows() throws IOException {
        Dataset dataset = TestData.dataset(folder, random, 400, 10, Similarity.COSINE);
        Message grown = serve(
                        dataset,
                        "vectordb-growing",
                        new Message("grow")
                                .with("initial", 200)
                                .with("seconds", 0.05)
                                .with("ef", 50)
                                .with("k", 10)
                                .with("out", folder.resolve("ids.ivecs")))
                .getFirst();
        assertThat(grown.verb()).isEqualTo("grown");
        assertThat(grown.decimal("idle_qps_wall")).isPositive();
        assertThat(grown.decimal("inserts_per_second")).isPositive();
    }

    @Test
    void whatItCannotDoIsSaidAndTheNextRequestIsAnswered() throws IOException {
        Dataset dataset = TestData.dataset(folder, random, 50, 2, Similarity.L2);
        List<Message> answers = serve(
                dataset,
                Engines.LUCENE,
                new Message("grow"),
                new Message("fly"),
                new Message("search"),
                new Message("info"));
        assertThat(answers).extracting(Message::verb).containsExactly("unsupported", "error", "error", "info");
        assertThat(answers.get(2).text("message")).contains("expected a value of k");
    }
}
