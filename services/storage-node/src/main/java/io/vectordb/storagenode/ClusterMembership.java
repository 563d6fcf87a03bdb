package io.vectordb.storagenode;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.ClusterState;
import io.vectordb.raft.GroupId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The cluster that a data folder belongs to, written beside the data at the first contact. A node that meets another
 * cluster does nothing: it would delete what that cluster does not know.
 *
 * <p>A folder without that file is new, and then its cluster does not know a node of this name yet, since a node registers
 * after the first contact only. When the cluster does know it, the folder is not the one that the node had: its replicas
 * are lost, and empty ones must not vote in their place.
 */
final class ClusterMembership {

    private final Path file;

    ClusterMembership(Path dataDir) {
        this.file = dataDir.resolve("cluster.id");
    }

    /** Whether the folder has seen no cluster yet. */
    boolean isNew() {
        return !Files.exists(file);
    }

    /**
     * The shards whose replicas a new folder of this node ought to have, and has not.
     *
     * @param state as of before this node registered
     */
    static Set<GroupId> missing(ClusterState state, String nodeId) {
        boolean known =
                state.getNodesList().stream().anyMatch(each -> each.getId().equals(nodeId));
        if (!known) {
            return Set.of();
        }
        return state.getCollectionsList().stream()
                .flatMap(collection -> collection.getShardsList().stream())
                .filter(shard -> shard.getStorageNodesList().contains(nodeId))
                .map(shard -> ShardGroup.of(shard).id())
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Joins the cluster, or checks that it is the one joined before.
     *
     * @throws VectorDbException when the folder belongs to another cluster
     */
    void check(String clusterId) {
        try {
            if (!Files.exists(file)) {
                write(clusterId);
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
    private void write(String clusterId) throws IOException {
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
