package io.vectordb.benchmarks.peer;

import io.vectordb.benchmarks.engine.Message;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A running engine, asked one thing at a time. What it prints besides its answers goes to a log file. */
public final class EngineProcess implements AutoCloseable {

    private final EngineLaunch launch;
    private final Path log;
    private final Process process;
    private final BufferedReader answers;
    private final BufferedWriter requests;

    private EngineProcess(EngineLaunch launch, Path log, Process process) {
        this.launch = launch;
        this.log = log;
        this.process = process;
        answers = process.inputReader();
        requests = process.outputWriter();
    }

    public static EngineProcess start(EngineLaunch launch, Path folder) throws IOException {
        Path log = Files.createDirectories(folder.resolve("logs")).resolve(launch.name() + ".log");
        Process process =
                new ProcessBuilder(launch.command()).redirectError(log.toFile()).start();
        return new EngineProcess(launch, log, process);
    }

    public EngineLaunch launch() {
        return launch;
    }

    /**
     * Sends a request and waits for its answer, however long that takes.
     *
     * @throws UnsupportedOperationException when the engine does not do such a thing
     * @throws VectorDbException when it failed or is gone
     */
    public Message ask(Message request) {
        String line;
        try {
            requests.write(request.line());
            requests.newLine();
            requests.flush();
            line = answers.readLine();
        } catch (IOException e) {
            throw new VectorDbException(ErrorCode.INTERNAL, launch.name() + " does not answer; see " + log, e);
        }
        if (line == null) {
            throw new VectorDbException(
                    ErrorCode.INTERNAL, launch.name() + " ended at " + request.verb() + "; see " + log);
        }
        Message answer = Message.parse(line);
        return switch (answer.verb()) {
            case "error" ->
                throw new VectorDbException(
                        ErrorCode.INTERNAL,
                        launch.name() + " failed at " + request.verb() + ": " + answer.text("message"));
            case "unsupported" -> throw new UnsupportedOperationException(answer.text("message"));
            default -> answer;
        };
    }

    /** Anonymous memory the process occupies now, in bytes; 0 where the system does not say. */
    public long anonymousBytes() {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
                    .filter(line -> line.startsWith("RssAnon:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }

    @Override
    public void close() {
        try {
            requests.write("quit");
            requests.newLine();
            requests.flush();
            process.waitFor();
        } catch (IOException e) {
            // Gone already, or its input is closed: either way it takes no more requests.
            process.destroy();
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
        }
    }
}
