package io.vectordb.cli.terminal;

import java.time.Duration;

/**
 * A line on the error stream that tells how far something has come: redrawn in place on a terminal, a plain line every
 * few seconds elsewhere, nothing when quiet.
 *
 * <p>Thread-safe.
 */
public final class ProgressLine implements AutoCloseable {

    private static final Duration REDRAW = Duration.ofMillis(100);
    private static final Duration PLAIN = Duration.ofSeconds(5);
    private static final int BAR = 24;

    private final Console console;
    private final boolean quiet;
    private String last = "";
    private boolean drawn;
    private long lastNanos;

    public ProgressLine(Console console, boolean quiet) {
        this.console = console;
        this.quiet = quiet;
    }

    /** Shows the text, unless it is the one shown or the last one is too fresh. */
    public synchronized void show(String text) {
        long now = System.nanoTime();
        Duration least = console.errIsTerminal() ? REDRAW : PLAIN;
        if (quiet || text.equals(last) || (drawn && now - lastNanos < least.toNanos())) {
            return;
        }
        last = text;
        lastNanos = now;
        drawn = true;
        if (console.errIsTerminal()) {
            String cut = text.length() < console.width() ? text : text.substring(0, console.width() - 1);
            console.err().print("\r" + cut + "\u001b[K");
            console.err().flush();
        } else {
            console.say(text);
        }
    }

    /** A message that stays, above the line. */
    public synchronized void say(String text) {
        clear();
        console.say(text);
    }

    /** A bar of fixed width for a terminal, nothing for a pipe. */
    public String bar(long done, long total) {
        if (!console.errIsTerminal() || total <= 0) {
            return "";
        }
        int full = (int) Math.min(BAR, BAR * done / total);
        return "[" + "#".repeat(full) + "-".repeat(BAR - full) + "] ";
    }

    @Override
    public synchronized void close() {
        clear();
    }

    private void clear() {
        if (drawn && console.errIsTerminal()) {
            console.err().print("\r\u001b[K");
            console.err().flush();
        }
        drawn = false;
        last = "";
    }
}
