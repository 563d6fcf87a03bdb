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
        description = "Measure the index beside others: ann DATASET, or micro for JMH (see ann --help).")
final class BenchCommand implements Callable<Integer> {

    @Parameters(arity = "1", paramLabel = "KIND", description = "ann or micro.")
    private String kind = "";

    @Unmatched
    private List<String> anything = new ArrayList<>();

    @Override
    public Integer call() {
        if (kind.equals("ann") || kind.equals("micro")) {
            throw new CliException(ExitCode.USAGE, "bench is run by ./vectordb, which starts its program; call that");
        }
        throw new CliException(ExitCode.USAGE, "expected ann or micro after bench, received " + kind);
    }
}
