package io.vectordb.storagenode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.springframework.util.FileSystemUtils;

/**
 * A folder beside the state of a replica, so that files of it can be linked, for work that nobody takes up after a crash:
 * {@code scratch/<uuid>}. Deleted by {@link #close}, or at the next start.
 */
record ScratchFolder(Path path) implements AutoCloseable {

    private static final String NAME = "scratch";

    static ScratchFolder make(Path state) {
        try {
            return new ScratchFolder(Files.createDirectories(
                    state.resolveSibling(NAME).resolve(UUID.randomUUID().toString())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes what earlier runs left beside this state. */
    static void clear(Path state) {
        delete(state.resolveSibling(NAME));
    }

    static void delete(Path root) {
        try {
            FileSystemUtils.deleteRecursively(root);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + root, e);
        }
    }

    @Override
    public void close() {
        delete(path);
    }
}
