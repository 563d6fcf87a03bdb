package io.vectordb.storagenode;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * The cluster that the disks of a node belong to, written beside the data on each at the first contact. A node that meets another
 * cluster does nothing: it would delete what that cluster does not know.
 */
final class ClusterMembership {

    private static final String FILE = "cluster.id";

    private final List<Path> folders;

    ClusterMembership(List<Path> folders) {
        this.folders = List.copyOf(folders);
    }

    /**
     * Joins the cluster, or checks that it is the one joined before.
     *
     * @throws VectorDbException when a folder belongs to another cluster
     */
    void check(String clusterId) {
        folders.forEach(folder -> check(folder.resolve(FILE), clusterId));
    }

    private static void check(Path file, String clusterId) {
        try {
            if (!Files.exists(file)) {
                write(file, clusterId);
                return;
            }
            String joined = Files.readString(file);
            if (!joined.equals(clusterId)) {
                throw new VectorDbException(
                        ErrorCode.OPERATION_CONFLICT,
                        "the data in " + file.getParent() + " belongs to cluster " + joined
                                + ", the metadata service is that of cluster " + clusterId);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whole or not at all: half an id would keep the node out of its own cluster. */
    private static void write(Path file, String clusterId) throws IOException {
        Files.createDirectories(file.getParent());
        Path draft = file.resolveSibling("cluster.id.tmp");
        try (FileChannel channel = FileChannel.open(
                draft, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(clusterId.getBytes(StandardCharsets.UTF_8)));
            channel.force(true);
        }
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
