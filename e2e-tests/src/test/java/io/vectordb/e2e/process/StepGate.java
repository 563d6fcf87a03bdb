package io.vectordb.e2e.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A step of making a segment at which an index node is held; {@code StepGates} in {@code services/index-node} is the other
 * side.
 *
 * @param folder of the gates of the node
 */
record StepGate(ServerProcess node, Path folder, String name) {

    static final String VARIABLE = "VECTORDB_INDEX_STEP_GATES";

    StepGate(ServerProcess node, String name) {
        this(node, folder(node.folder()), name);
    }

    /** Of a node with this folder. */
    static Path folder(Path node) {
        return node.resolve("gates");
    }

    StepGate shut() {
        try {
            Files.createDirectories(folder);
            Files.createFile(folder.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    boolean isReached() {
        return Files.exists(reached());
    }

    /** Whoever waits goes on, and nobody waits later. */
    void open() {
        try {
            Files.deleteIfExists(folder.resolve(name));
            Files.deleteIfExists(reached());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path reached() {
        return folder.resolve(name + ".reached");
    }
}
