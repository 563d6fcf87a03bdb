package io.vectordb.metadata;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.CollectionState;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.internal.metadata.v1.NodeDisk;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.rpc.NodeStates;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Chooses nodes for new shards. Storage nodes by the fewest replicas for their size, then by id, and of each the disk with
 * the most free room for what is on it; disks above their first watermark get nothing, nor do nodes that are down or to be emptied. Index nodes by the fewest shards, then
 * by id. Deterministic: looks at nothing but the state that it is made of. For one command.
 */
final class Placement {

    private static final int MOST_DEFAULT_REPLICAS = 3;

    /** Where a replica goes. */
    record Place(String node, String disk) {}

    /** A storage node that can take replicas, with the disks that can. */
    private static final class Candidate {
        private final String node;
        private final Map<String, NodeDisk> disks = new TreeMap<>();
        private final Map<String, Integer> placed = new HashMap<>();
        private int replicas;

        Candidate(Node node) {
            this.node = node.getId();
            node.getDisksList().stream()
                    .filter(disk -> disk.getLevel() == NodeDisk.Level.NORMAL)
                    .forEach(disk -> disks.put(disk.getId(), disk));
        }

        void count(String disk) {
            replicas++;
            placed.merge(disk, 1, Integer::sum);
        }

        /** How loaded it would be with one more. */
        double load() {
            double bytes =
                    disks.values().stream().mapToDouble(NodeDisk::getTotalBytes).sum();
            return (replicas + 1) / Math.max(1, bytes);
        }

        String roomiestDisk() {
            return disks.values().stream()
                    .min(Comparator.comparingDouble((NodeDisk disk) ->
                                    -(double) disk.getFreeBytes() / (1 + placed.getOrDefault(disk.getId(), 0)))
                            .thenComparing(NodeDisk::getId))
                    .orElseThrow()
                    .getId();
        }
    }

    private final Map<String, Candidate> storage = new TreeMap<>();
    private final Map<String, Integer> indexed = new TreeMap<>();
    /** Storage nodes that must not get anything now. */
    private int away;

    Placement(MetadataState state) {
        for (Node node : state.nodes().values()) {
            if (!NodeStates.isPlaceable(node)) {
                away += node.getService() == Node.Service.STORAGE ? 1 : 0;
                continue;
            }
            switch (node.getService()) {
                case STORAGE -> storage.put(node.getId(), new Candidate(node));
                case INDEX -> indexed.put(node.getId(), 0);
                case COORDINATOR, GATEWAY, SERVICE_UNSPECIFIED, UNRECOGNIZED -> {}
            }
        }
        for (CollectionState collection : state.collections().values()) {
            for (ShardState shard : collection.getShardsList()) {
                count(shard);
                shard.getIndexNodesList().forEach(id -> indexed.computeIfPresent(id, (_, n) -> n + 1));
            }
        }
    }

    private void count(ShardState shard) {
        for (int i = 0; i < shard.getStorageNodesCount(); i++) {
            Candidate node = storage.get(shard.getStorageNodes(i));
            if (node != null) {
                node.count(i < shard.getStorageDisksCount() ? shard.getStorageDisks(i) : "");
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
        return byDefault > 0 ? byDefault : Math.clamp(storage.size(), 1, MOST_DEFAULT_REPLICAS);
    }

    /** Where one shard's replicas go, which count from now on. */
    List<Place> storagePlaces(int count) {
        List<Candidate> withRoom = storage.values().stream()
                .filter(node -> !node.disks.isEmpty())
                .sorted(Comparator.comparingDouble(Candidate::load).thenComparing(each -> each.node))
                .toList();
        if (count > withRoom.size()) {
            throw tooFew(count, withRoom.size());
        }
        return withRoom.stream()
                .limit(count)
                .map(node -> {
                    String disk = node.roomiestDisk();
                    node.count(disk);
                    return new Place(node.node, disk);
                })
                .toList();
    }

    private VectorDbException tooFew(int count, int withRoom) {
        int registered = storage.size();
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
