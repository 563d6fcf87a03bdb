package io.vectordb.e2e.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Programs of the system that end soon. */
public final class Commands {

    private static final long SECONDS = 20;

    private Commands() {}

    /**
     * Runs one and gives what it printed.
     *
     * @throws IllegalStateException with what it printed, when it fails
     */
    public static String run(String... command) {
        String line = String.join(" ", command);
        try {
            Path output = Files.createTempFile("vectordb-command-", ".out");
            try {
                Process process = new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
                if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new IllegalStateException(line + " did not end within " + SECONDS + " s");
                }
                String printed = Files.readString(output);
                if (process.exitValue() != 0) {
                    throw new IllegalStateException(line + " failed: " + printed.strip());
                }
                return printed;
            } finally {
                Files.deleteIfExists(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The first of these programs that is not installed. */
    public static Optional<String> missing(String... programs) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.of(programs)
                .filter(program -> Stream.of(path.split(":", -1))
                        .noneMatch(folder -> Files.isExecutable(Path.of(folder, program))))
                .findFirst();
    }

    /** Whether the tests may do what only the administrator of a Linux system may. */
    public static boolean isRoot() {
        return Files.isDirectory(Path.of("/proc/self"))
                && run("id", "-u").strip().equals("0");
    }
}
