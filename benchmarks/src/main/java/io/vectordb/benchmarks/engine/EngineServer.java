package io.vectordb.benchmarks.engine;

import io.vectordb.benchmarks.data.FilterFile;
import io.vectordb.benchmarks.data.IdFile;
import io.vectordb.benchmarks.data.VectorFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;

/**
 * Answers the {@link Message}s of the benchmark with one engine until the input ends or says {@code quit}.
 *
 * <p>Requests: {@code info}; {@code build} with {@code threads}; {@code search} with {@code ef}, {@code k},
 * {@code repeat} and the file {@code out} for the numbers found; {@code filter} with the {@link FilterFile}
 * {@code path}, or none to search without; {@code grow} with {@code initial}, {@code seconds}, {@code ef}, {@code k} and
 * {@code out}.
 */
final class EngineServer {

    private final Engine engine;
    private final VectorFile base;
    private final float[][] queries;
    private final SearchLoop loop;

    EngineServer(Engine engine, VectorFile base, float[][] queries) {
        this.engine = engine;
        this.base = base;
        this.queries = queries;
        loop = new SearchLoop(engine, queries);
    }

    void serve(BufferedReader in, PrintWriter out) throws IOException {
        for (String line = in.readLine(); line != null && !line.equals("quit"); line = in.readLine()) {
            out.println(answer(Message.parse(line)).line());
            out.flush();
        }
    }

    private Message answer(Message request) {
        try {
            return switch (request.verb()) {
                case "info" -> new Message("info").with("version", engine.version());
                case "build" -> build((int) request.number("threads"));
                case "search" -> search(request);
                case "filter" -> filter(request);
                case "grow" -> grow(request);
                default -> new Message("error").with("message", "there is no request " + request.verb());
            };
        } catch (UnsupportedOperationException e) {
            return new Message("unsupported").with("message", String.valueOf(e.getMessage()));
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            return new Message("error").with("message", e);
        }
    }

    private Message build(int threads) throws IOException {
        long start = System.nanoTime();
        engine.build(base, threads);
        double seconds = (System.nanoTime() - start) / 1e9;
        // What a build leaves behind shall neither disturb searches nor count as the memory of the index.
        System.gc();
        Footprint footprint = engine.footprint();
        return new Message("built")
                .with("seconds", seconds)
                .with("search_bytes", footprint.searchBytes())
                .with("rescore_bytes", footprint.rescoreBytes());
    }

    private Message search(Message request) throws IOException {
        SearchLoop.Times times =
                loop.run((int) request.number("k"), (int) request.number("ef"), (int) request.number("repeat"));
        IdFile.write(Path.of(request.text("out")), times.found());
        return new Message("searched")
                .with("seconds", times.seconds())
                .with("cpu_seconds", times.cpuNanos() / 1e9)
                .with("p50_micros", times.micros(0.50))
                .with("p99_micros", times.micros(0.99));
    }

    private Message filter(Message request) {
        String path = request.text("path");
        loop.filter(path.isEmpty() ? List.of() : FilterFile.read(Path.of(path)));
        return new Message("filtered");
    }

    private Message grow(Message request) throws IOException {
        if (!(engine instanceof GrowingEngine growing)) {
            throw new UnsupportedOperationException("not measured while it grows");
        }
        GrowthLoop.Outcome outcome = new GrowthLoop(
                        growing, queries, (int) request.number("k"), (int) request.number("ef"))
                .run(base, (int) request.number("initial"), request.decimal("seconds"));
        IdFile.write(Path.of(request.text("out")), outcome.found());
        return new Message("grown")
                .with("idle_qps_wall", outcome.idle().wall())
                .with("busy_qps_wall", outcome.busy().wall())
                .with("idle_qps_cpu", outcome.idle().cpu())
                .with("busy_qps_cpu", outcome.busy().cpu())
                .with("inserts_per_second", outcome.insertRate());
    }
}
