package io.vectordb.cli.terminal;

import java.util.List;

/**
 * Ends the program with an exit code and an error for people: one line, and below it what helps to understand it.
 *
 * <p>Made without a stack trace: it tells what somebody outside of this program has to change.
 */
public final class CliException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ExitCode exitCode;
    private final transient List<String> details;

    public CliException(ExitCode exitCode, String line, List<String> details) {
        super(line, null, false, false);
        this.exitCode = exitCode;
        this.details = List.copyOf(details);
    }

    public CliException(ExitCode exitCode, String line) {
        this(exitCode, line, List.of());
    }

    /** Of a verb or flag that a later release brings. */
    public static CliException notAvailable(String what) {
        return new CliException(ExitCode.USAGE, what + " is not available yet (FEATURE_NOT_AVAILABLE)");
    }

    public ExitCode exitCode() {
        return exitCode;
    }

    /** Lines below the first one, such as a text and a caret. */
    public List<String> details() {
        return details;
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
