package io.vectordb.benchmarks.report;

import io.vectordb.benchmarks.data.Dataset;
import io.vectordb.benchmarks.run.ConcurrentRun;
import java.util.List;
import java.util.Locale;

/** Searches during inserts in Markdown. */
public final class ConcurrentTable {

    private ConcurrentTable() {}

    public static String of(Dataset dataset, List<ConcurrentRun.Line> lines) {
        MarkdownTable table =
                new MarkdownTable("engine", "ef", "idle QPS", "QPS during inserts", "ratio", "inserts/s", "recall@10");
        for (ConcurrentRun.Line line : lines) {
            table.add(List.of(
                    line.engine(),
                    Integer.toString(line.ef()),
                    Figures.round(line.idleQps()),
                    Figures.round(line.busyQps()),
                    Figures.ratio(line.busyQps() / line.idleQps()),
                    Figures.round(line.insertsPerSecond()),
                    Figures.recall(line.recall())));
        }
        return String.format(
                Locale.ROOT,
                "## %s: searching while one thread adds the last tenth of %,d x %d%n%n%s%n"
                        + "Recall is among the vectors that were there from the beginning.%n%nMachine: %s.%n",
                dataset.name(),
                dataset.base().size(),
                dataset.base().dimension(),
                table,
                Machine.line());
    }
}
