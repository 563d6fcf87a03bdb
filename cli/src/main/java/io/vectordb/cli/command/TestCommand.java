package io.vectordb.cli.command;

import io.vectordb.cli.terminal.CliException;
import io.vectordb.cli.terminal.ExitCode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Named here for the help: the launcher runs Maven itself. */
@Command(name = "test", description = "Run every test there is, or those of the modules named.")
final class TestCommand implements Callable<Integer> {

    @Parameters(arity = "0..*", paramLabel = "MODULE", description = "Such as libs/edgar or edgar.")
    private List<String> modules = new ArrayList<>();

    @Option(names = "--long", description = "The long ones too.")
    private boolean longTests;

    @Override
    public Integer call() {
        throw new CliException(ExitCode.USAGE, "test is run by ./vectordb, which starts Maven; call that");
    }
}
