package io.vectordb.cli.command;

import io.vectordb.cli.local.Controller;
import io.vectordb.cli.local.Installations;
import io.vectordb.cli.terminal.ExitCode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Stops the embedded server. */
@Command(name = "down", description = "Stop the embedded server; what was written stays.")
final class DownCommand implements Callable<Integer> {

    private final Cli cli;

    DownCommand(Cli cli) {
        this.cli = cli;
    }

    @Override
    public Integer call() {
        if (new Controller(cli.home(), Installations.STANDALONE).stop(cli::say)) {
            cli.say("stopped");
            return ExitCode.DONE.number();
        }
        boolean cluster =
                new Controller(cli.home(), Installations.CLUSTER).running().isPresent();
        cli.say("the embedded server is not running"
                + (cluster ? "; the local cluster is: ./vectordb local-cluster stop" : ""));
        return ExitCode.DONE.number();
    }
}
