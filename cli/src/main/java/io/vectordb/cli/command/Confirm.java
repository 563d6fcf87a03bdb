package io.vectordb.cli.command;

import io.vectordb.cli.terminal.CliException;
import io.vectordb.cli.terminal.ExitCode;
import java.io.Console;
import java.util.Locale;

/** Asks before something is lost. */
final class Confirm {

    private Confirm() {}

    /** Returns when {@code --yes} is given or the user says yes; ends the program otherwise. */
    static void require(Cli cli, String question) {
        if (cli.yes()) {
            return;
        }
        Console terminal = System.console();
        if (terminal == null || !terminal.isTerminal()) {
            throw new CliException(ExitCode.USAGE, question + " Say --yes, as there is nobody to ask");
        }
        String answer = terminal.readLine("%s [y/N] ", question);
        if (answer == null || !answer.strip().toLowerCase(Locale.ROOT).startsWith("y")) {
            throw new CliException(ExitCode.USAGE, "nothing was done");
        }
    }

    /** What the user types; ends the program when there is nobody to ask. */
    static String typed(String question, String flag) {
        Console terminal = System.console();
        if (terminal == null || !terminal.isTerminal()) {
            throw new CliException(ExitCode.USAGE, "nothing was done: say " + flag + ", as there is nobody to ask");
        }
        String answer = terminal.readLine("%s", question);
        return answer == null ? "" : answer.strip();
    }
}
