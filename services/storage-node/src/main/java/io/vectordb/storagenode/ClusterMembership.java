package io.vectordb.storagenode;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The cluster that a data folder belongs to, written beside the data at the first contact. A node that meets another
 * cluster does nothing: it would delete what that cluster does not know.
 */
final class ClusterMembership {

    private final Path file;

    ClusterMembership(Path dataDir) {
        this.file = dataDir.resolve("cluster.id");
    }

    /**
     * Joins the cluster, or checks that it is the one joined before.
     *
     * @throws VectorDbException when the folder belongs to another cluster
     */
    void check(String clusterId) {
        try {
            if (!Files.exists(file)) {
                Files.createDirectories(file.getParent());
                Files.writeString(file, clusterId);
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
}
