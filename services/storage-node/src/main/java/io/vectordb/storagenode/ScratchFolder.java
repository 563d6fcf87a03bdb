package io.vectordb.storagenode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

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
        if (!Files.exists(root)) {
            return;
        }
        try {
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                        throws IOException {
                    if (failure != null) {
                        throw failure;
                    }
                    Files.delete(directory);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + root, e);
        }
    }

    @Override
    public void close() {
        delete(path);
    }
}
