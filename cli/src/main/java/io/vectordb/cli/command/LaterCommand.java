package io.vectordb.cli.command;

import io.vectordb.cli.terminal.CliException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** A verb that is declared and not built yet: takes any arguments and says so. */
@Command(description = "Not available yet.", hidden = true)
final class LaterCommand implements Callable<Integer> {

    private final String verb;

    @Unmatched
    private List<String> anything = new ArrayList<>();

    LaterCommand(String verb) {
        this.verb = verb;
    }

    @Override
    public Integer call() {
        throw CliException.notAvailable(verb);
    }
}
