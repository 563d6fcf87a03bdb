package io.vectordb.e2e.process;

import io.vectordb.e2e.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Where tests leave files. */
public final class Folders {

    private Folders() {}

    /** An empty folder for the logs of one test; stays, and is emptied when the test runs again. */
    static Path logs(String test) {
        Path folder = Checkout.root().resolve("e2e-tests/target/process-logs").resolve(test);
        delete(folder);
        try {
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A file that stays after the tests, for people. */
    public static Path artifact(String folder, String file) {
        Path parent = Checkout.root().resolve("e2e-tests/target").resolve(folder);
        try {
            return Files.createDirectories(parent).resolve(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A new folder for what need not stay. */
    public static Path scratch(String test) {
        try {
            return Files.createTempDirectory("vectordb-" + test + "-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes a folder with all that is in it, if there is one. */
    public static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> below = Files.walk(folder)) {
            List<Path> deepestFirst = below.sorted(Comparator.reverseOrder()).toList();
            for (Path each : deepestFirst) {
                Files.deleteIfExists(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
