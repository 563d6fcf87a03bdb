package io.vectordb.metadata;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.CollectionState;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.internal.metadata.v1.ShardState;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Chooses nodes for new shards: storage nodes by the fewest replicas, then by id; an index node by the fewest shards,
 * then by id. Deterministic: looks at nothing but the state that it is made of. For one command.
 */
final class Placement {

    private static final int MOST_DEFAULT_REPLICAS = 3;

    private final Map<String, Integer> replicas = new TreeMap<>();
    private final Map<String, Integer> indexed = new TreeMap<>();

    Placement(MetadataState state) {
        for (Node node : state.nodes().values()) {
            switch (node.getService()) {
                case STORAGE -> replicas.put(node.getId(), 0);
                case INDEX -> indexed.put(node.getId(), 0);
                case COORDINATOR, GATEWAY, SERVICE_UNSPECIFIED, UNRECOGNIZED -> {}
            }
        }
        for (CollectionState collection : state.collections().values()) {
            for (ShardState shard : collection.getShardsList()) {
                shard.getStorageNodesList().forEach(id -> replicas.computeIfPresent(id, (_, n) -> n + 1));
                shard.getIndexNodesList().forEach(id -> indexed.computeIfPresent(id, (_, n) -> n + 1));
            }
        }
    }

    /**
     * How many replicas a shard gets.
     *
     * @param asked 0: the default
     * @param byDefault 0: as many as there are storage nodes, at most 3
     */
    int replicas(int asked, int byDefault) {
        if (asked > 0) {
            return asked;
        }
        return byDefault > 0 ? byDefault : Math.clamp(replicas.size(), 1, MOST_DEFAULT_REPLICAS);
    }

    /** The nodes of one shard's replicas, which count from now on. */
    List<String> storageNodes(int count) {
        if (count > replicas.size()) {
            throw new VectorDbException(
                    ErrorCode.SHARD_UNAVAILABLE,
                    (count == 1
                                    ? "1 replica needs 1 storage node, "
                                    : count + " replicas need " + count + " storage nodes, ")
                            + (replicas.size() == 1 ? "1 is registered" : replicas.size() + " are registered"),
                    Map.of(
                            "replicas", String.valueOf(count),
                            "storage_nodes", String.valueOf(replicas.size())));
        }
        return take(replicas, count);
    }

    /** The index node of one shard; none while none is registered. */
    List<String> indexNodes() {
        return take(indexed, Math.min(1, indexed.size()));
    }

    private static List<String> take(Map<String, Integer> load, int count) {
        List<String> chosen = load.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .limit(count)
                .map(Map.Entry::getKey)
                .toList();
        chosen.forEach(id -> load.merge(id, 1, Integer::sum));
        return chosen;
    }
}
