package io.vectordb.cli.local;

import io.vectordb.cli.rest.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import tools.jackson.core.JacksonException;

/**
 * The folder of one installation: {@code plan.json}, {@code state.json}, {@code supervisor.log} and a log per process.
 *
 * <p>Files are replaced as a whole, so that readers see the old content or the new one.
 */
public record RunFolder(Path path) {

    public Path log(String node) {
        return path.resolve(node + ".log");
    }

    public Path supervisorLog() {
        return log("supervisor");
    }

    /** The last state written; nothing when there is none, or none that can be read. */
    public Optional<RunState> state() {
        return read("state.json", RunState.class);
    }

    public Optional<Plan> plan() {
        return read("plan.json", Plan.class);
    }

    public void write(Plan plan) {
        replace("plan.json", Json.pretty(plan));
    }

    public void write(RunState state) {
        replace("state.json", Json.pretty(state));
    }

    public void removeState() {
        try {
            Files.deleteIfExists(path.resolve("state.json"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Keeps others from starting or stopping the installation meanwhile; nothing when somebody else does so now. */
    @SuppressWarnings("resource")
    public Optional<AutoCloseable> lock() throws IOException {
        Files.createDirectories(path);
        FileChannel channel =
                FileChannel.open(path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return Optional.of(channel::close);
            }
        } catch (OverlappingFileLockException e) {
            // Held within this process: the same answer.
        }
        channel.close();
        return Optional.empty();
    }

    private <T> Optional<T> read(String name, Class<T> type) {
        try {
            return Optional.of(Json.parse(Files.readString(path.resolve(name)), type));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | JacksonException e) {
            return Optional.empty();
        }
    }

    private void replace(String name, String content) {
        try {
            Files.createDirectories(path);
            Path next = path.resolve(name + ".next");
            Files.writeString(next, content);
            Files.move(next, path.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
