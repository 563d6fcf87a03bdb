package io.vectordb.cli.command;

import io.vectordb.cli.terminal.CliException;
import io.vectordb.cli.terminal.ExitCode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Unmatched;

/** Named here for the help: the launcher runs the benchmarks itself, which are part of a checkout only. */
@Command(
        name = "bench",
        description =
                "Measure: ann DATASET the index, segments a shard's view, storage the storage nodes, freshness how soon a"
                        + " running server finds what was written, micro what JMH does"
                        + " (see ann --help).")
final class BenchCommand implements Callable<Integer> {

    @Parameters(arity = "1", paramLabel = "KIND", description = "ann, segments, storage, freshness or micro.")
    private String kind = "";

    @Unmatched
    private List<String> anything = new ArrayList<>();

    @Override
    public Integer call() {
        if (List.of("ann", "freshness", "micro", "segments", "storage").contains(kind)) {
            throw new CliException(ExitCode.USAGE, "bench is run by ./vectordb, which starts its program; call that");
        }
        throw new CliException(
                ExitCode.USAGE, "expected ann, segments, storage, freshness or micro after bench, received " + kind);
    }
}
