package io.vectordb.e2e.fault;

import io.vectordb.e2e.process.ClusterProcesses;
import io.vectordb.e2e.process.Commands;
import io.vectordb.e2e.process.NodeDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A file system in memory for each storage node, so small that a test can fill it. */
final class SmallDisks implements NodeDisk {

    private final int megabytes;

    SmallDisks(int megabytes) {
        this.megabytes = megabytes;
    }

    /** What is missing to make them. */
    static Optional<String> notPossibleBecause() {
        Optional<String> missing = Commands.missing("mount", "umount").map(program -> "there is no " + program);
        return missing.isPresent() || Commands.isRoot() ? missing : Optional.of("only root may mount a file system");
    }

    @Override
    public void mount(String node, Path folder) {
        if (ClusterProcesses.STORAGE.contains(node)) {
            try {
                Files.createDirectories(folder);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            Commands.run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "vectordb-test", folder.toString());
        }
    }

    @Override
    public void unmount(String node, Path folder) {
        if (ClusterProcesses.STORAGE.contains(node) && isMounted(folder)) {
            Commands.run("umount", folder.toString());
        }
    }

    private static boolean isMounted(Path folder) {
        try {
            return Files.readString(Path.of("/proc/self/mounts")).contains(" " + folder + " tmpfs ");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
