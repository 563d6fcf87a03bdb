package io.vectordb.cli.local;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;

/** Lines that the supervisor puts between the output of one run of a process and that of the next. */
final class RunMarks {

    private static final String BEGIN = "--- ";
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");

    private RunMarks() {}

    static String started(String node, long pid) {
        return mark(node + " started, pid " + pid);
    }

    static String ended(String node, int exit) {
        String signal = exit > 128 ? " (signal " + (exit - 128) + ")" : "";
        return mark(node + " ended with " + exit + signal);
    }

    static boolean isMark(String line) {
        return line.startsWith(BEGIN);
    }

    static boolean isStart(String line) {
        return isMark(line) && line.contains(" started, pid ");
    }

    private static String mark(String text) {
        return BEGIN + TIME.format(LocalDateTime.now()) + " " + text;
    }
}
