package io.vectordb.benchmarks.run;

import io.vectordb.benchmarks.data.Dataset;
import io.vectordb.benchmarks.peer.EngineLaunch;
import io.vectordb.common.VectorDbException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/** The processes of all engines of a run, and the order in which they are asked. */
final class Sessions implements AutoCloseable {

    private final List<Session> sessions = new ArrayList<>();
    private final AnnOptions options;
    private final Consumer<String> progress;

    Sessions(List<EngineLaunch> launches, Dataset dataset, AnnOptions options, Path folder, Consumer<String> progress)
            throws IOException {
        this.options = options;
        this.progress = progress;
        try {
            for (EngineLaunch launch : launches) {
                sessions.add(new Session(launch, dataset, options.clock(), folder));
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    List<Session> all() {
        return sessions;
    }

    /** Asks every engine in turn; one that fails is left out from then on, and the others are measured to the end. */
    void each(Consumer<Session> step) {
        for (Session session : List.copyOf(sessions)) {
            try {
                step.accept(session);
            } catch (VectorDbException e) {
                progress.accept(session.launch().name() + " is left out: " + e.getMessage());
                sessions.remove(session);
                session.close();
            }
        }
    }

    /**
     * Every number of threads in each round, so that none alone pays for compiling; the first number comes last, since its
     * index is then searched.
     */
    void build() {
        for (int round = 0; round < options.buildRounds(); round++) {
            for (int threads : options.threads().reversed()) {
                each(session -> build(session, threads));
            }
        }
    }

    private void build(Session session, int threads) {
        String name = session.launch().name();
        Optional<Double> seconds = session.build(threads);
        progress.accept(seconds.map(taken ->
                        String.format(Locale.ROOT, "%s built with %d thread(s) in %.2f s", name, threads, taken))
                .orElse(name + " does not build with " + threads + " threads"));
    }

    void warmUp() {
        int middle = options.beams().get(options.beams().size() / 2);
        each(session -> session.warmUp(middle, options.warmUpSeconds()));
    }

    /** In each round every beam in turn, and with every beam every engine in turn. */
    void search() {
        for (int round = 0; round < options.rounds(); round++) {
            for (int ef : options.beams()) {
                each(session -> session.search(ef));
            }
            progress.accept("round " + (round + 1) + " of " + options.rounds());
        }
    }

    @Override
    public void close() {
        sessions.forEach(Session::close);
    }
}
