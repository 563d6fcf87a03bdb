package io.vectordb.edgar;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;

/** Puts failures of the file system into one line for people. */
final class Reasons {

    private Reasons() {}

    static String of(Exception failure) {
        return switch (failure) {
            case NoSuchFileException e -> "no such file";
            case AccessDeniedException e -> "permission denied";
            case FileSystemLoopException e -> "symbolic links form a loop";
            default -> "cannot be read: " + oneLine(String.valueOf(failure.getMessage()));
        };
    }

    /** White space collapsed and cut to 200 characters. */
    static String oneLine(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.length() <= 200 ? line : line.substring(0, 200) + "...";
    }
}
