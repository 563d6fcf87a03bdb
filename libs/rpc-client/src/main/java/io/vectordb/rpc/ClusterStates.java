package io.vectordb.rpc;

import io.vectordb.internal.metadata.v1.ClusterState;
import io.vectordb.internal.metadata.v1.ClusterUpdate;
import io.vectordb.internal.metadata.v1.CollectionState;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.internal.metadata.v1.Task;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** States of the cluster made of updates. */
public final class ClusterStates {

    private ClusterStates() {}

    /**
     * What an update makes of a state: nothing when it is not newer, or does not reach back to the state's version.
     * Cost: in the size of the state.
     */
    public static Optional<ClusterState> after(ClusterState state, ClusterUpdate update) {
        if (update.getVersion() <= state.getVersion() || update.getBaseVersion() > state.getVersion()) {
            return Optional.empty();
        }
        boolean isWhole = update.getBaseVersion() == 0;
        ClusterState.Builder next =
                ClusterState.newBuilder().setVersion(update.getVersion()).setClusterId(update.getClusterId());
        next.addAllNodes(nodes(isWhole ? ClusterState.getDefaultInstance() : state, update)
                .values());
        next.addAllCollections(collections(isWhole ? ClusterState.getDefaultInstance() : state, update)
                .values());
        next.addAllTasks(tasks(isWhole ? ClusterState.getDefaultInstance() : state, update)
                .values());
        return Optional.of(next.build());
    }

    /** The update that makes a state of any other. */
    public static ClusterUpdate whole(ClusterState state) {
        return ClusterUpdate.newBuilder()
                .setVersion(state.getVersion())
                .setClusterId(state.getClusterId())
                .addAllNodes(state.getNodesList())
                .addAllCollections(state.getCollectionsList())
                .addAllTasks(state.getTasksList())
                .build();
    }

    private static SortedMap<String, Node> nodes(ClusterState state, ClusterUpdate update) {
        SortedMap<String, Node> nodes = new TreeMap<>();
        state.getNodesList().forEach(node -> nodes.put(node.getId(), node));
        update.getRemovedNodesList().forEach(nodes::remove);
        update.getNodesList().forEach(node -> nodes.put(node.getId(), node));
        return nodes;
    }

    /** In the order of their start, which a longer and then a greater number tells. */
    private static SortedMap<String, Task> tasks(ClusterState state, ClusterUpdate update) {
        SortedMap<String, Task> tasks =
                new TreeMap<>(Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()));
        state.getTasksList().forEach(task -> tasks.put(task.getId(), task));
        update.getRemovedTasksList().forEach(tasks::remove);
        update.getTasksList().forEach(task -> tasks.put(task.getId(), task));
        return tasks;
    }

    /** By name; known by uid, since another one may have got the name of one that is gone. */
    private static SortedMap<String, CollectionState> collections(ClusterState state, ClusterUpdate update) {
        Map<String, CollectionState> changed = new HashMap<>();
        update.getCollectionsList()
                .forEach(each -> changed.put(each.getCollection().getUid(), each));
        Set<String> removed = new HashSet<>(update.getRemovedCollectionsList());
        SortedMap<String, CollectionState> collections = new TreeMap<>();
        for (CollectionState collection : state.getCollectionsList()) {
            String uid = collection.getCollection().getUid();
            if (!removed.contains(uid) && !changed.containsKey(uid)) {
                collections.put(collection.getCollection().getName(), collection);
            }
        }
        changed.values().forEach(each -> collections.put(each.getCollection().getName(), each));
        return collections;
    }
}
