package io.vectordb.metadata;

import io.vectordb.internal.metadata.v1.ClusterUpdate;
import io.vectordb.internal.metadata.v1.CollectionState;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which rows the latest versions of the metadata changed, in memory: from it comes what a watcher lacks. Who lacks more than
 * it knows of, as at the start of a member, gets everything.
 *
 * <p>Holds the keys of at most {@value #MOST_KEYS} rows, those of the newest versions. For one thread.
 */
final class ChangeHistory {

    static final int MOST_KEYS = 4_096;

    private record Entry(long version, List<String> keys) {}

    private final Deque<Entry> entries = new ArrayDeque<>();
    private int keys;
    /** Everything that changed after this version is here. */
    private long floor;

    private MetadataState current = MetadataState.EMPTY;

    /** Begins anew with a state of which nothing else is known. */
    void restart(MetadataState state) {
        entries.clear();
        keys = 0;
        floor = state.version();
        current = state;
    }

    /** @param changed the rows that made it of the state before */
    void add(MetadataState state, List<String> changed) {
        boolean isNewer = state.version() > current.version();
        current = state;
        if (isNewer) {
            List<String> told = changed.stream().filter(ChangeHistory::isTold).toList();
            entries.addLast(new Entry(state.version(), told));
            keys += told.size();
            while (keys > MOST_KEYS) {
                Entry forgotten = entries.removeFirst();
                keys -= forgotten.keys().size();
                floor = forgotten.version();
            }
        }
    }

    private static boolean isTold(String key) {
        return key.startsWith(MetadataState.NODE_PREFIX)
                || key.startsWith(MetadataState.COLLECTION_PREFIX)
                || key.startsWith(MetadataState.TASK_PREFIX);
    }

    MetadataState current() {
        return current;
    }

    /** What makes the present state of that of a version; everything when the version is 0 or too old. */
    ClusterUpdate since(long version) {
        ClusterUpdate.Builder update =
                ClusterUpdate.newBuilder().setVersion(current.version()).setClusterId(current.clusterId());
        if (version == 0 || version < floor) {
            return update.addAllNodes(current.nodes().values())
                    .addAllCollections(current.collections().values())
                    .addAllTasks(current.tasks().values())
                    .build();
        }
        update.setBaseVersion(version);
        Set<String> changed = new HashSet<>();
        entries.stream().filter(entry -> entry.version() > version).forEach(entry -> changed.addAll(entry.keys()));
        addNodes(update, changed);
        addCollections(update, changed);
        addTasks(update, changed);
        return update.build();
    }

    private void addNodes(ClusterUpdate.Builder update, Set<String> changed) {
        for (String id : without(MetadataState.NODE_PREFIX, changed)) {
            if (current.nodes().containsKey(id)) {
                update.addNodes(current.nodes().get(id));
            } else {
                update.addRemovedNodes(id);
            }
        }
    }

    private void addTasks(ClusterUpdate.Builder update, Set<String> changed) {
        for (String id : without(MetadataState.TASK_PREFIX, changed)) {
            current.task(id).ifPresentOrElse(update::addTasks, () -> update.addRemovedTasks(id));
        }
    }

    private void addCollections(ClusterUpdate.Builder update, Set<String> changed) {
        Set<String> uids = without(MetadataState.COLLECTION_PREFIX, changed);
        if (uids.isEmpty()) {
            return;
        }
        for (CollectionState collection : current.collections().values()) {
            if (uids.remove(collection.getCollection().getUid())) {
                update.addCollections(collection);
            }
        }
        update.addAllRemovedCollections(uids);
    }

    private static Set<String> without(String prefix, Set<String> keys) {
        Set<String> found = new HashSet<>();
        keys.stream().filter(key -> key.startsWith(prefix)).forEach(key -> found.add(key.substring(prefix.length())));
        return found;
    }
}
