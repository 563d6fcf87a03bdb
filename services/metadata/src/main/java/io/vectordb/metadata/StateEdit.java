package io.vectordb.metadata;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.google.protobuf.MessageLite;
import io.vectordb.internal.metadata.v1.ClusterControl;
import io.vectordb.internal.metadata.v1.CollectionState;
import io.vectordb.internal.metadata.v1.CreateCollection;
import io.vectordb.internal.metadata.v1.InitCluster;
import io.vectordb.internal.metadata.v1.MetadataResult;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.internal.metadata.v1.Task;
import io.vectordb.storage.StateStore;
import java.util.ArrayList;
import java.util.List;

/** A state that one command changes, with the rows that this stores. */
final class StateEdit {

    private final MetadataState before;
    private final List<StateStore.Change> changes = new ArrayList<>();
    private MetadataState state;

    StateEdit(MetadataState state) {
        this.before = state;
        this.state = state;
    }

    MetadataState state() {
        return state;
    }

    void put(Node node) {
        state = state.withNode(node);
        put(MetadataState.NODE_PREFIX + node.getId(), node);
    }

    void put(CollectionState collection) {
        state = state.withCollection(collection);
        put(MetadataState.COLLECTION_PREFIX + collection.getCollection().getUid(), collection);
    }

    void put(ClusterControl control) {
        state = state.withControl(control);
        put(MetadataState.CONTROL_KEY, control);
    }

    void put(Task task) {
        state = state.withTask(task);
        put(MetadataState.TASK_PREFIX + task.getId(), task);
    }

    void put(CreateCollection creation) {
        state = state.withRequest(creation);
        put(MetadataState.REQUEST_PREFIX + creation.getRequest().getRequestId(), creation);
    }

    void put(InitCluster name) {
        state = state.withClusterId(name.getClusterId());
        put(MetadataState.CLUSTER_KEY, name);
    }

    void remove(Task task) {
        state = state.withoutTask(task);
        changes.add(new StateStore.Delete(MetadataState.TASK_PREFIX + task.getId()));
    }

    void remove(CollectionState collection) {
        state = state.withoutCollection(collection.getCollection().getName());
        changes.add(new StateStore.Delete(
                MetadataState.COLLECTION_PREFIX + collection.getCollection().getUid()));
    }

    void removeRequest(String requestId) {
        state = state.withoutRequest(requestId);
        changes.add(new StateStore.Delete(MetadataState.REQUEST_PREFIX + requestId));
    }

    private void put(String key, MessageLite value) {
        changes.add(new StateStore.Put(key, value.toByteArray()));
    }

    /** The version that the state has once this is done by the command at {@code index}. */
    long version(long index) {
        return changes.isEmpty() ? before.version() : index;
    }

    boolean isEmpty() {
        return changes.isEmpty();
    }

    /** What the command at {@code index} did: a new version, when it changed anything. */
    Transition done(long index, MetadataResult result) {
        if (changes.isEmpty()) {
            return Transition.unchanged(before, result);
        }
        changes.add(new StateStore.Put(
                MetadataState.VERSION_KEY, String.valueOf(index).getBytes(US_ASCII)));
        return new Transition(state.withVersion(index), List.copyOf(changes), result);
    }
}
