package io.vectordb.benchmarks.report;

import io.vectordb.benchmarks.peer.Catalog;
import io.vectordb.benchmarks.run.AnnReport;
import io.vectordb.benchmarks.run.BeamResult;
import io.vectordb.benchmarks.run.BuildResult;
import io.vectordb.benchmarks.run.Curve;
import io.vectordb.benchmarks.run.EngineResult;
import io.vectordb.benchmarks.run.Statistics;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A comparison in Markdown: rates at equal recall and their ratios, builds and memory, then every point measured. */
public final class ComparisonTable {

    private final AnnReport report;
    private final Optional<EngineResult> reference;

    private ComparisonTable(AnnReport report) {
        this.report = report;
        reference = report.engines().stream()
                .filter(engine -> engine.name().equals(Catalog.REFERENCE))
                .findFirst();
    }

    public static String of(AnnReport report) {
        ComparisonTable table = new ComparisonTable(report);
        return table.heading() + "\n### Queries per second at equal recall@10, one thread\n\n" + table.rates()
                + "\n### Build and memory\n\n" + table.builds() + "\n### All points\n\n" + table.points() + "\n"
                + table.notes();
    }

    private String heading() {
        return String.format(
                Locale.ROOT,
                "## %s: %,d x %d, %,d queries, %s, M=%d, efConstruction=%d%n%nData: %s.%n",
                report.dataset().name(),
                report.dataset().base().size(),
                report.dataset().base().dimension(),
                report.dataset().queries().size(),
                report.dataset().similarity().word(),
                report.options().m(),
                report.options().efConstruction(),
                report.dataset().note());
    }

    private String rates() {
        List<String> header = new ArrayList<>(List.of("engine"));
        for (double recall : AnnReport.RECALLS) {
            header.add(String.format(Locale.ROOT, "QPS at %.2f", recall));
            header.add("to hnswlib");
            header.add("of rounds");
        }
        MarkdownTable table = new MarkdownTable(header.toArray(String[]::new));
        for (EngineResult engine : report.engines()) {
            List<String> row = new ArrayList<>(List.of(engine.label()));
            for (double recall : AnnReport.RECALLS) {
                row.add(rate(engine.curve().at(recall)));
                List<Double> ratios =
                        reference.map(other -> engine.ratios(other, recall)).orElse(List.of());
                row.add(ratios.isEmpty() ? "–" : Figures.ratio(Statistics.median(ratios)));
                row.add(
                        ratios.isEmpty()
                                ? "–"
                                : Figures.ratio(Collections.min(ratios)) + "–"
                                        + Figures.ratio(Collections.max(ratios)));
            }
            table.add(row);
        }
        return table.toString();
    }

    private static String rate(Optional<Curve.Rate> rate) {
        return rate.map(found -> (found.atLeast() ? "≥ " : "") + Figures.round(found.qps()))
                .orElse("not reached");
    }

    private String builds() {
        List<String> header = new ArrayList<>(List.of("engine"));
        report.options().threads().forEach(threads -> {
            header.add("s, " + threads + (threads == 1 ? " thread" : " threads"));
            header.add("to hnswlib");
        });
        header.addAll(List.of("index MB", "bytes/vector", "floats apart MB", "process MB"));
        MarkdownTable table = new MarkdownTable(header.toArray(String[]::new));
        Set<List<BuildResult>> told = new HashSet<>();
        for (EngineResult engine : report.engines()) {
            // Under several filters it is one and the same index.
            if (!told.add(engine.builds())) {
                continue;
            }
            List<String> row = new ArrayList<>(List.of(engine.label()));
            for (int threads : report.options().threads()) {
                Optional<Double> seconds = engine.build(threads).map(BuildResult::medianSeconds);
                row.add(seconds.map(Figures::round).orElse("–"));
                row.add(seconds.flatMap(ours -> reference
                                .flatMap(other -> other.build(threads))
                                .map(build -> Figures.ratio(ours / build.medianSeconds())))
                        .orElse("–"));
            }
            Optional<BuildResult> searched =
                    engine.build(report.options().threads().getFirst());
            row.add(searched.map(build -> Figures.megabytes(build.searchBytes()))
                    .orElse("–"));
            row.add(searched.map(build -> Figures.round((double) build.searchBytes()
                            / report.dataset().base().size()))
                    .orElse("–"));
            row.add(searched.map(build -> Figures.megabytes(build.rescoreBytes()))
                    .orElse("–"));
            row.add(searched.map(build -> Figures.megabytes(build.anonymousBytes()))
                    .orElse("–"));
            table.add(row);
        }
        return table.toString();
    }

    private String points() {
        MarkdownTable table = new MarkdownTable("engine", "ef", "recall@10", "QPS", "p50 us", "p99 us", "spread");
        for (EngineResult engine : report.engines()) {
            for (BeamResult beam : engine.beams()) {
                table.add(List.of(
                        engine.label(),
                        Integer.toString(beam.ef()),
                        Figures.recall(beam.recall()),
                        Figures.round(beam.qps()),
                        Figures.round(beam.p50Micros()),
                        Figures.round(beam.p99Micros()),
                        Figures.percent(beam.spread())));
            }
        }
        return table.toString();
    }

    private String notes() {
        String spreads = report.engines().stream()
                .map(engine -> engine.label() + " " + Figures.percent(engine.spread()))
                .collect(Collectors.joining(", "));
        String versions = report.engines().stream()
                .map(engine -> engine.label() + " " + engine.version())
                .collect(Collectors.joining(", "));
        return String.format(
                Locale.ROOT,
                "Medians of %d interleaved rounds, %d build(s) per number of threads. Rates by %s time; between points: log QPS"
                        + " linear in recall; \"≥\": the narrowest beam has a higher recall already. Ratios: median, and"
                        + " least to most, of the ratios within each round. Noise, as the highest over the lowest rate of"
                        + " a beam in any round, less one, at its worst beam: %s.%n%nVersions: %s.%n%nMachine: %s.%n",
                report.options().rounds(),
                report.options().buildRounds(),
                report.options().clock().word(),
                spreads,
                versions,
                Machine.line());
    }
}
