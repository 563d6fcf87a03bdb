package io.vectordb.benchmarks.run;

import io.vectordb.benchmarks.data.Dataset;
import io.vectordb.benchmarks.data.IdFile;
import io.vectordb.benchmarks.engine.Message;
import io.vectordb.benchmarks.peer.EngineLaunch;
import io.vectordb.benchmarks.peer.EngineProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One engine's process and what has been measured of it so far. */
final class Session implements AutoCloseable {

    private static final int LEAST_QUERIES = 1_000;

    private final EngineProcess process;
    private final Dataset dataset;
    private final Clock clock;
    private final Path ids;
    private final int repeat;
    private final String version;
    private final Map<Integer, BuildResult> builds = new LinkedHashMap<>();
    private final Map<Integer, List<Pass>> passes = new LinkedHashMap<>();
    private int[][] exact;

    Session(EngineLaunch launch, Dataset dataset, Clock clock, Path folder) throws IOException {
        process = EngineProcess.start(launch, folder);
        this.dataset = dataset;
        this.clock = clock;
        ids = folder.resolve("logs").resolve(launch.name() + ".ivecs");
        // Few queries are run several times, so that a pass takes long enough to be timed.
        repeat = Math.max(1, LEAST_QUERIES / dataset.queries().size());
        exact = dataset.neighbors();
        version = process.ask(new Message("info")).text("version");
    }

    EngineLaunch launch() {
        return process.launch();
    }

    String version() {
        return version;
    }

    /** Builds anew; empty when the engine does not build with so many threads. */
    Optional<Double> build(int threads) {
        Message built;
        try {
            built = process.ask(new Message("build").with("threads", threads));
        } catch (UnsupportedOperationException e) {
            return Optional.empty();
        }
        List<Double> seconds = new ArrayList<>();
        if (builds.containsKey(threads)) {
            seconds.addAll(builds.get(threads).seconds());
        }
        seconds.add(built.decimal("seconds"));
        builds.put(
                threads,
                new BuildResult(
                        threads,
                        seconds,
                        built.number("search_bytes"),
                        built.number("rescore_bytes"),
                        process.anonymousBytes()));
        return Optional.of(built.decimal("seconds"));
    }

    /** Runs the queries and keeps nothing, for so long at least. */
    void warmUp(int ef, double seconds) {
        long end = System.nanoTime() + (long) (seconds * 1e9);
        do {
            pass(ef);
        } while (System.nanoTime() < end);
    }

    Pass search(int ef) {
        Pass pass = pass(ef);
        passes.computeIfAbsent(ef, beam -> new ArrayList<>()).add(pass);
        return pass;
    }

    /** Runs the queries; the pass is the caller's to keep. */
    Pass pass(int ef) {
        Message answer = process.ask(new Message("search")
                .with("ef", ef)
                .with("k", AnnReport.K)
                .with("repeat", repeat)
                .with("out", ids));
        return new Pass(
                dataset.queries().size() * repeat / answer.decimal(clock.value()),
                Recall.at(AnnReport.K, IdFile.read(ids), exact),
                answer.decimal("p50_micros"),
                answer.decimal("p99_micros"));
    }

    /** Filters all further searches; not at all when there is no file. */
    void filter(String file, int[][] allowedNeighbors) {
        process.ask(new Message("filter").with("path", file));
        exact = allowedNeighbors;
    }

    Message ask(Message request) {
        return process.ask(request);
    }

    Path ids() {
        return ids;
    }

    EngineResult result() {
        return result("", "", passes);
    }

    /** What was found out about the builds, with these passes, under a longer name. */
    EngineResult result(String nameSuffix, String labelSuffix, Map<Integer, List<Pass>> measured) {
        List<BeamResult> beams = measured.entrySet().stream()
                .map(entry -> new BeamResult(entry.getKey(), entry.getValue()))
                .toList();
        return new EngineResult(
                launch().name() + nameSuffix,
                launch().label() + labelSuffix,
                launch().ours(),
                version,
                List.copyOf(builds.values()),
                beams);
    }

    @Override
    public void close() {
        process.close();
    }
}
