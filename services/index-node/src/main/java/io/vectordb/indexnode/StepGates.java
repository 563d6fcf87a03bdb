package io.vectordb.indexnode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds an index node at a step of {@link BuildSteps} while a fault test kills it, or another process: for fault tests only.
 *
 * <p>The environment variable {@value #VARIABLE} names a folder. Who comes to a step of which a file has the name, such as {@code
 * build-publish-before}, renames it to {@code build-publish-before.reached} and waits until that is gone. Without the variable
 * there are no gates, and nothing looks for files.
 */
final class StepGates implements BuildSteps {

    static final String VARIABLE = "VECTORDB_INDEX_STEP_GATES";
    static final String REACHED = ".reached";

    private static final Logger LOG = LoggerFactory.getLogger(StepGates.class);
    private static final long PAUSE_NANOS = 2_000_000;

    private final Path folder;

    StepGates(Path folder) {
        this.folder = folder;
    }

    /** Gates where the environment asks for them. */
    static BuildSteps of(Map<String, String> environment) {
        String folder = environment.getOrDefault(VARIABLE, "");
        if (folder.isEmpty()) {
            return BuildSteps.NONE;
        }
        LOG.warn(
                "{} is set: this node can be held at the steps of building, for fault tests, by files in {}",
                VARIABLE,
                folder);
        return new StepGates(Path.of(folder));
    }

    @Override
    public void at(Work work, Step step, Moment moment) {
        String name = BuildSteps.name(work, step, moment);
        Path reached = folder.resolve(name + REACHED);
        try {
            Files.move(folder.resolve(name), reached);
        } catch (NoSuchFileException e) {
            return;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        LOG.warn("held at {}", name);
        while (Files.exists(reached) && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
