package io.vectordb.metadata;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.CollectionState;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.metadata.placement.ClusterModel;
import io.vectordb.metadata.placement.Feasibility;
import io.vectordb.metadata.placement.InitialPlacement;
import io.vectordb.metadata.placement.NodeState;
import io.vectordb.metadata.placement.PlanRules;
import io.vectordb.metadata.placement.Replica;
import io.vectordb.metadata.placement.Shard;
import io.vectordb.metadata.placement.StorageNode;
import io.vectordb.rpc.NodeStates;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Chooses nodes for new shards. Storage nodes by the score of the rebalancer, spread over zones, and of each the disk with the
 * most free room for what is on it; disks above their first watermark get nothing, nor do nodes that are down or to be
 * emptied. Index nodes by the fewest shards, then by id. Deterministic: looks at nothing but the state that it is made of. For
 * one command.
 */
final class Placement {

    private static final int MOST_DEFAULT_REPLICAS = 3;

    private final int storageNodes;
    private final ClusterModel model;
    private final InitialPlacement storage;
    private final Map<String, Integer> indexed = new TreeMap<>();
    /** Storage nodes that must not get anything now. */
    private int away;

    Placement(MetadataState state) {
        List<StorageNode> nodes = new ArrayList<>();
        for (Node node : state.nodes().values()) {
            if (!NodeStates.isPlaceable(node)) {
                away += node.getService() == Node.Service.STORAGE ? 1 : 0;
                continue;
            }
            switch (node.getService()) {
                case STORAGE -> nodes.add(PlacementModels.storageNode(node, NodeState.UP));
                case INDEX -> indexed.put(node.getId(), 0);
                case COORDINATOR, GATEWAY, SERVICE_UNSPECIFIED, UNRECOGNIZED -> {}
            }
        }
        List<Shard> shards = new ArrayList<>();
        for (CollectionState collection : state.collections().values()) {
            for (ShardState shard : collection.getShardsList()) {
                shards.add(PlacementModels.unmeasured(shard));
                shard.getIndexNodesList().forEach(id -> indexed.computeIfPresent(id, (_, n) -> n + 1));
            }
        }
        storageNodes = nodes.size();
        model = ClusterModel.of(nodes, shards);
        storage = new InitialPlacement(model, PlanRules.DEFAULT);
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
        return byDefault > 0 ? byDefault : Math.clamp(storageNodes, 1, MOST_DEFAULT_REPLICAS);
    }

    /** @throws VectorDbException when a collection cannot get so many for want of nodes */
    void requireReplicas(int count) {
        new Feasibility(model, PlanRules.DEFAULT).replicationFactor(count).ifPresent(refusal -> {
            throw refusal.toException();
        });
    }

    /** Where one shard's replicas go, which count from now on. */
    List<Replica> storagePlaces(int count) {
        int withRoom = storage.nodesWithRoom();
        if (count > withRoom) {
            throw tooFew(count, withRoom);
        }
        return storage.place(count);
    }

    private VectorDbException tooFew(int count, int withRoom) {
        int registered = storageNodes;
        String needed = count == 1
                ? "1 replica needs 1 storage node, "
                : count + " replicas need " + count + " storage nodes, ";
        Map<String, String> metadata =
                Map.of("replicas", String.valueOf(count), "storage_nodes", String.valueOf(registered));
        String found = registered == 1 ? "1 is registered" : registered + " are registered";
        found = away == 0 ? found : found + " and " + away + " more that are down or to be emptied";
        return count > registered
                ? new VectorDbException(ErrorCode.SHARD_UNAVAILABLE, needed + found, metadata)
                : new VectorDbException(
                        ErrorCode.DISK_FULL,
                        needed + found + " and " + withRoom + " of them with a disk that has room for more",
                        metadata);
    }

    /**
     * The index nodes that one shard gets beside those it has, which count from now on: as many as are wanted, or as there
     * are.
     */
    List<String> moreIndexNodes(List<String> present, int wanted) {
        List<String> chosen = indexed.entrySet().stream()
                .filter(node -> !present.contains(node.getKey()))
                .sorted(Map.Entry.<String, Integer>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .limit(Math.max(0, wanted - present.size()))
                .map(Map.Entry::getKey)
                .toList();
        chosen.forEach(id -> indexed.merge(id, 1, Integer::sum));
        return chosen;
    }
}
