package io.vectordb.metadata;

import io.vectordb.internal.metadata.v1.CollectionState;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.rpc.NodeStates;
import io.vectordb.schema.Settings;
import java.util.ArrayList;
import java.util.List;

/** Which index nodes serve which shards when nodes come and go. Deterministic. */
final class IndexAssignments {

    private IndexAssignments() {}

    /**
     * The collections whose shards have fewer index nodes than they should, or have some that are gone, with those that are
     * there instead. A node that is gone stays where there is none in its place: it serves again when it comes back.
     */
    static List<CollectionState> changed(MetadataState state) {
        Placement placement = new Placement(state);
        List<CollectionState> changed = new ArrayList<>();
        for (CollectionState collection : state.collections().values()) {
            int wanted = Settings.indexReplicas(collection.getCollection().getSettings());
            CollectionState.Builder assigned = collection.toBuilder();
            for (ShardState.Builder shard : assigned.getShardsBuilderList()) {
                List<String> next = indexNodes(state, placement, shard.getIndexNodesList(), wanted);
                if (!next.equals(shard.getIndexNodesList())) {
                    shard.clearIndexNodes().addAllIndexNodes(next).setEpoch(shard.getEpoch() + 1);
                }
            }
            CollectionState made = assigned.build();
            if (!made.equals(collection)) {
                changed.add(made);
            }
        }
        return changed;
    }

    private static List<String> indexNodes(MetadataState state, Placement placement, List<String> present, int wanted) {
        List<String> next = new ArrayList<>(
                present.stream().filter(id -> !isGone(state, id)).toList());
        next.addAll(placement.moreIndexNodes(next, wanted));
        if (next.size() == present.size() && present.containsAll(next)) {
            return present;
        }
        present.stream()
                .filter(id -> isGone(state, id))
                .limit(Math.max(0, wanted - next.size()))
                .forEach(next::add);
        return next.size() == present.size() && present.containsAll(next) ? present : next;
    }

    private static boolean isGone(MetadataState state, String id) {
        Node node = state.nodes().get(id);
        return node == null || NodeStates.isGone(node);
    }
}
