package io.vectordb.cli.terminal;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Where results and messages go: results to {@code out}, progress and errors to {@code err}.
 *
 * <p>Java cannot tell whether one stream alone is a terminal, so the launcher tells it in system properties. Thread-safe
 * as its streams are.
 *
 * @param width columns of the terminal, or of plain output when there is none
 */
public record Console(PrintStream out, PrintStream err, boolean outIsTerminal, boolean errIsTerminal, int width) {

    private static final int MIN_WIDTH = 40;
    private static final int PLAIN_WIDTH = 100;

    public Console {
        width = width < MIN_WIDTH ? PLAIN_WIDTH : width;
    }

    /** Of this process, as the launcher describes it. */
    public static Console ofProcess() {
        return new Console(
                stream(FileDescriptor.out),
                stream(FileDescriptor.err),
                Boolean.getBoolean("vectordb.out.terminal"),
                Boolean.getBoolean("vectordb.err.terminal"),
                Integer.getInteger("vectordb.columns", 0));
    }

    /** Replies in UTF-8 whatever the locale says, since JSON is UTF-8. */
    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }

    public void print(String line) {
        out.println(line);
    }

    /** A message beside the results. */
    public void say(String line) {
        err.println(line);
    }

    public void error(String line) {
        err.println("error: " + line);
    }
}
