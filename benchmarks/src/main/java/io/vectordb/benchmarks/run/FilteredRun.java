package io.vectordb.benchmarks.run;

import io.vectordb.benchmarks.data.Dataset;
import io.vectordb.benchmarks.data.ExactNeighbors;
import io.vectordb.benchmarks.data.FilterFile;
import io.vectordb.benchmarks.engine.Engines;
import io.vectordb.benchmarks.peer.Catalog;
import io.vectordb.benchmarks.peer.EngineLaunch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Ours under filters, beside ours and hnswlib without, in interleaved rounds. Exact neighbours are those under the
 * filter, so a recall says the same with and without one.
 */
public final class FilteredRun {

    private final AnnOptions options;
    private final Dataset dataset;
    private final Path folder;
    private final Consumer<String> progress;
    private final List<Filter> filters = new ArrayList<>();

    public FilteredRun(AnnOptions options, Dataset dataset, Path folder, Consumer<String> progress) {
        this.options = options;
        this.dataset = dataset;
        this.folder = folder;
        this.progress = progress;
    }

    /** A report in which every filter of every configuration of ours is a line of its own. */
    public AnnReport run() throws IOException {
        prepareFilters();
        Set<String> wanted = new LinkedHashSet<>(options.engines());
        Set<String> measured = new LinkedHashSet<>(Engines.OWN);
        measured.add(Catalog.REFERENCE);
        wanted.retainAll(measured);
        List<EngineLaunch> launches =
                AnnComparison.catalog(dataset, options, folder, progress).available(wanted);
        try (Sessions sessions = new Sessions(launches, dataset, options, folder, progress)) {
            sessions.build();
            sessions.warmUp();
            return new AnnReport(options, dataset.withNote(note()), measure(sessions));
        }
    }

    private void prepareFilters() throws IOException {
        List<FilterCase> cases =
                new ArrayList<>(FilterCase.random(dataset.base().size()));
        cases.add(FilterCase.farthest(dataset));
        ExactNeighbors exact = new ExactNeighbors(dataset.base(), dataset.similarity());
        float[][] queries = dataset.queries().toArrays();
        Path sets = Files.createDirectories(folder.resolve("filters"));
        for (FilterCase filter : cases) {
            progress.accept("exact neighbours under the filter " + filter.name());
            Path file = sets.resolve(filter.name() + ".bits");
            FilterFile.write(file, filter.allowed());
            filters.add(new Filter(
                    filter.name(), filter.label(), file.toString(), exact.of(queries, AnnReport.K, filter::allowed)));
        }
    }

    private List<EngineResult> measure(Sessions sessions) {
        Filter none = new Filter("", "no filter", "", dataset.neighbors());
        Map<Session, Map<Filter, Map<Integer, List<Pass>>>> passes = new LinkedHashMap<>();
        for (int round = 0; round < options.rounds(); round++) {
            sessions.each(session ->
                    measureRound(session, none, passes.computeIfAbsent(session, key -> new LinkedHashMap<>())));
            progress.accept("round " + (round + 1) + " of " + options.rounds());
        }
        List<EngineResult> results = new ArrayList<>();
        for (Session session : sessions.all()) {
            passes.getOrDefault(session, Map.of()).forEach((filter, ofFilter) -> {
                String suffix = filter.name().isEmpty() ? "" : "-" + filter.name();
                results.add(session.result(suffix, ", " + filter.label(), ofFilter));
            });
        }
        return results;
    }

    private void measureRound(Session session, Filter none, Map<Filter, Map<Integer, List<Pass>>> passes) {
        boolean ours = session.launch().ours();
        List<Filter> all = new ArrayList<>(List.of(none));
        all.addAll(ours ? filters : List.of());
        for (Filter filter : all) {
            if (ours) {
                session.filter(filter.file(), filter.neighbors());
            }
            var ofFilter = passes.computeIfAbsent(filter, key -> new LinkedHashMap<>());
            for (int ef : options.beams()) {
                ofFilter.computeIfAbsent(ef, key -> new ArrayList<>()).add(session.pass(ef));
            }
        }
    }

    private String note() {
        return dataset.note()
                + ". Filters: seeded random sets of "
                + FilterCase.SELECTIVITIES
                + " of the vectors, the same for all queries, and for each query the tenth of the vectors that is"
                + " farthest from it; hnswlib without a filter";
    }

    /**
     * A filter as it is sent.
     *
     * @param file empty for no filter
     */
    private record Filter(String name, String label, String file, int[][] neighbors) {}
}
