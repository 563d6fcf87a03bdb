package io.vectordb.e2e.fault;

import io.vectordb.e2e.process.ClusterProcesses;
import io.vectordb.e2e.process.Commands;
import io.vectordb.e2e.process.Folders;
import io.vectordb.e2e.process.NodeDisk;
import io.vectordb.e2e.process.ServerProcess;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * An ext4 file system of its own for each storage node, so small that a test can fill it, in an image in memory: what the
 * image has is what a disk would have after a power cut.
 */
final class DiskImages implements NodeDisk {

    private static final long BYTES = 256L << 20;

    private final Path store = Folders.scratch("disks");
    private final Map<String, Path> images = new HashMap<>();
    private int made;

    private DiskImages() {
        Commands.run("mount", "-t", "tmpfs", "vectordb-test", store.toString());
    }

    /** What is missing to make them. */
    static Optional<String> notPossibleBecause() {
        Optional<String> missing =
                Commands.missing("mount", "umount", "mkfs.ext4", "cp").map(program -> "there is no " + program);
        if (missing.isPresent()) {
            return missing;
        }
        if (!Commands.isRoot()) {
            return Optional.of("only root may mount a file system");
        }
        DiskImages trial = new DiskImages();
        Path folder = Folders.scratch("trial");
        try {
            trial.attach(folder, trial.format());
            Commands.run("umount", folder.toString());
            return Optional.empty();
        } catch (IllegalStateException e) {
            return Optional.of("an image cannot be mounted here: " + e.getMessage());
        } finally {
            trial.drop();
            Folders.delete(folder);
        }
    }

    static DiskImages create() {
        return new DiskImages();
    }

    private Path format() {
        Path image = store.resolve("image-" + made++);
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(BYTES);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // Nothing is kept for root, and nothing is written later by the kernel's own will.
        String lazy = "lazy_itable_init=0,lazy_journal_init=0";
        Commands.run("mkfs.ext4", "-q", "-m", "0", "-E", lazy, image.toString());
        return image;
    }

    private void attach(Path folder, Path image) {
        Commands.run("mount", "-o", "loop", image.toString(), folder.toString());
    }

    @Override
    public void mount(String node, Path folder) {
        if (ClusterProcesses.STORAGE.contains(node)) {
            try {
                Files.createDirectories(folder);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            Path image = format();
            attach(folder, image);
            images.put(node, image);
        }
    }

    @Override
    public void unmount(String node, Path folder) {
        if (images.remove(node) != null) {
            Commands.run("umount", folder.toString());
            if (images.isEmpty()) {
                drop();
            }
        }
    }

    private void drop() {
        // Lazy: the kernel lets go of an image a moment after it was unmounted.
        Commands.run("umount", "-l", store.toString());
        Folders.delete(store);
    }

    /** What the disk of a node has now, without what the operating system has yet to write; for {@link #swap}. */
    Path copy(ServerProcess node) {
        Path image = Objects.requireNonNull(images.get(node.node()), node.node());
        Path copy = store.resolve("image-" + made++);
        Commands.run("cp", "--sparse=always", image.toString(), copy.toString());
        return copy;
    }

    /** Gives a node that is not running the disk that it had at the time of the copy. */
    void swap(ServerProcess node, Path copy) {
        Commands.run("umount", node.folder().toString());
        attach(node.folder(), copy);
        try {
            Files.delete(Objects.requireNonNull(images.put(node.node(), copy), node.node()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
