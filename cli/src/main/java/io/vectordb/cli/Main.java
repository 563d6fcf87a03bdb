package io.vectordb.cli;

import io.vectordb.cli.command.Verbs;
import io.vectordb.cli.local.Supervisor;
import io.vectordb.cli.terminal.Console;
import java.nio.file.Path;

/** The entry point of the command line, called by {@code ./vectordb}. */
public final class Main {

    private Main() {}

    public static void main(String[] arguments) throws InterruptedException {
        if (arguments.length == 2 && arguments[0].equals(Supervisor.VERB)) {
            Supervisor.main(Path.of(arguments[1]));
        } else {
            System.exit(Verbs.run(Console.ofProcess(), System.getenv(), arguments));
        }
    }
}
