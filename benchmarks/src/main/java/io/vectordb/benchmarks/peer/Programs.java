package io.vectordb.benchmarks.peer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Runs programs that end by themselves and say little. */
public final class Programs {

    private Programs() {}

    /** Runs a program to its end; one that cannot be started has failed. */
    public static Outcome run(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Outcome(process.waitFor() == 0, output.strip());
        } catch (IOException e) {
            return new Outcome(false, "cannot run " + command.getFirst());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Outcome(false, "interrupted");
        }
    }

    /** @param output of both streams */
    public record Outcome(boolean succeeded, String output) {}
}
