package io.vectordb.benchmarks.report;

import io.vectordb.benchmarks.data.Dataset;
import io.vectordb.benchmarks.run.ChurnRun;
import java.util.List;
import java.util.Locale;

/** Recall after replacements in Markdown. */
public final class ChurnTable {

    private ChurnTable() {}

    public static String of(Dataset dataset, ChurnRun.Outcome outcome) {
        MarkdownTable table = new MarkdownTable("ef", "recall@10, half replaced", "fresh build", "difference");
        for (ChurnRun.Line line : outcome.lines()) {
            table.add(List.of(
                    Integer.toString(line.ef()),
                    Figures.recall(line.replaced()),
                    Figures.recall(line.fresh()),
                    String.format(Locale.ROOT, "%+.4f", line.replaced() - line.fresh())));
        }
        return String.format(
                Locale.ROOT,
                "## %s: half of %,d x %d replaced at random%n%n%s%n"
                        + "Replacements: %s a second, on one thread. Memory: %s MB, fresh %s MB.%n%nMachine: %s.%n",
                dataset.name(),
                outcome.records(),
                dataset.base().dimension(),
                table,
                Figures.round(outcome.replacementsPerSecond()),
                Figures.round(outcome.replacedBytes() / 1e6),
                Figures.round(outcome.freshBytes() / 1e6),
                Machine.line());
    }
}
