package io.vectordb.metadata;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.google.protobuf.InvalidProtocolBufferException;
import io.vectordb.internal.metadata.v1.ClusterState;
import io.vectordb.internal.metadata.v1.CollectionState;
import io.vectordb.internal.metadata.v1.CreateCollection;
import io.vectordb.internal.metadata.v1.DoneRequest;
import io.vectordb.internal.metadata.v1.InitCluster;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.internal.metadata.v1.Task;
import io.vectordb.v1.AuditEntry;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All metadata after one entry of the log. Immutable; a change makes another one.
 *
 * @param version the log index of the last change; 0 before the first
 * @param clusterId empty until the first leader gave one
 * @param nodes by id
 * @param collections by name
 * @param requests by request id: what a collection that still exists was created by, with its uid
 * @param done what commands with request ids answered, by the index of their entries
 * @param tasks by number, which is the log index of their start
 * @param lastAudit the newest line of the audit log, whose others are in the store only; the default instance before the first
 */
record MetadataState(
        long version,
        String clusterId,
        SortedMap<String, Node> nodes,
        SortedMap<String, CollectionState> collections,
        SortedMap<String, CreateCollection> requests,
        SortedMap<Long, DoneRequest> done,
        SortedMap<Long, Task> tasks,
        AuditEntry lastAudit) {

    static final MetadataState EMPTY = new MetadataState(
            0,
            "",
            new TreeMap<>(),
            new TreeMap<>(),
            new TreeMap<>(),
            new TreeMap<>(),
            new TreeMap<>(),
            AuditEntry.getDefaultInstance());

    static final String VERSION_KEY = "version";
    static final String CLUSTER_KEY = "cluster";
    static final String NODE_PREFIX = "node/";
    static final String COLLECTION_PREFIX = "collection/";
    static final String REQUEST_PREFIX = "request/";
    static final String DONE_PREFIX = "done/";
    static final String AUDIT_PREFIX = "audit/";
    static final String TASK_PREFIX = "task/";

    MetadataState {
        nodes = Collections.unmodifiableSortedMap(nodes);
        collections = Collections.unmodifiableSortedMap(collections);
        requests = Collections.unmodifiableSortedMap(requests);
        done = Collections.unmodifiableSortedMap(done);
        tasks = Collections.unmodifiableSortedMap(tasks);
    }

    /** The state that these stored rows make up. */
    static MetadataState load(Map<String, byte[]> rows) throws InvalidProtocolBufferException {
        MetadataState state = EMPTY;
        for (Map.Entry<String, byte[]> row : rows.entrySet()) {
            state = state.withRow(row.getKey(), row.getValue());
        }
        return state;
    }

    private MetadataState withRow(String key, byte[] value) throws InvalidProtocolBufferException {
        if (key.equals(VERSION_KEY)) {
            return withVersion(Long.parseLong(new String(value, US_ASCII)));
        }
        if (key.equals(CLUSTER_KEY)) {
            return withClusterId(InitCluster.parseFrom(value).getClusterId());
        }
        if (key.startsWith(NODE_PREFIX)) {
            return withNode(Node.parseFrom(value));
        }
        if (key.startsWith(COLLECTION_PREFIX)) {
            return withCollection(CollectionState.parseFrom(value));
        }
        if (key.startsWith(REQUEST_PREFIX)) {
            return withRequest(CreateCollection.parseFrom(value));
        }
        if (key.startsWith(DONE_PREFIX)) {
            DoneRequest request = DoneRequest.parseFrom(value);
            return withDone(with(done, request.getIndex(), request));
        }
        if (key.startsWith(AUDIT_PREFIX)) {
            return withLastAudit(AuditEntry.parseFrom(value));
        }
        if (key.startsWith(TASK_PREFIX)) {
            return withTask(Task.parseFrom(value));
        }
        throw new IllegalStateException("The stored metadata has a row that this program does not know: " + key);
    }

    MetadataState withVersion(long newVersion) {
        return new MetadataState(newVersion, clusterId, nodes, collections, requests, done, tasks, lastAudit);
    }

    MetadataState withClusterId(String id) {
        return new MetadataState(version, id, nodes, collections, requests, done, tasks, lastAudit);
    }

    MetadataState withNode(Node node) {
        return new MetadataState(
                version, clusterId, with(nodes, node.getId(), node), collections, requests, done, tasks, lastAudit);
    }

    MetadataState withCollection(CollectionState collection) {
        String name = collection.getCollection().getName();
        return new MetadataState(
                version, clusterId, nodes, with(collections, name, collection), requests, done, tasks, lastAudit);
    }

    MetadataState withRequest(CreateCollection creation) {
        String id = creation.getRequest().getRequestId();
        return new MetadataState(
                version, clusterId, nodes, collections, with(requests, id, creation), done, tasks, lastAudit);
    }

    MetadataState withLastAudit(AuditEntry entry) {
        return new MetadataState(version, clusterId, nodes, collections, requests, done, tasks, entry);
    }

    MetadataState withTask(Task task) {
        SortedMap<Long, Task> changed = new TreeMap<>(tasks);
        changed.put(taskNumber(task.getId()), task);
        return withTasks(changed);
    }

    MetadataState withoutTask(Task task) {
        SortedMap<Long, Task> left = new TreeMap<>(tasks);
        left.remove(taskNumber(task.getId()));
        return withTasks(left);
    }

    private MetadataState withTasks(SortedMap<Long, Task> changed) {
        return new MetadataState(version, clusterId, nodes, collections, requests, done, changed, lastAudit);
    }

    private static long taskNumber(String id) {
        return Long.parseLong(id.substring(id.indexOf('-') + 1));
    }

    MetadataState withDone(SortedMap<Long, DoneRequest> requestsDone) {
        return new MetadataState(version, clusterId, nodes, collections, requests, requestsDone, tasks, lastAudit);
    }

    MetadataState withoutCollection(String name) {
        SortedMap<String, CollectionState> left = new TreeMap<>(collections);
        left.remove(name);
        return new MetadataState(version, clusterId, nodes, left, requests, done, tasks, lastAudit);
    }

    MetadataState withoutRequest(String requestId) {
        SortedMap<String, CreateCollection> left = new TreeMap<>(requests);
        left.remove(requestId);
        return new MetadataState(version, clusterId, nodes, collections, left, done, tasks, lastAudit);
    }

    Optional<CollectionState> collection(String name) {
        return Optional.ofNullable(collections.get(name));
    }

    Optional<CollectionState> collectionOfUid(String uid) {
        return collections.values().stream()
                .filter(each -> each.getCollection().getUid().equals(uid))
                .findFirst();
    }

    Optional<CollectionState> collectionOfShard(String shardUid) {
        return collections.values().stream()
                .filter(each -> each.getShardsList().stream()
                        .anyMatch(shard -> shard.getUid().equals(shardUid)))
                .findFirst();
    }

    Optional<ShardState> shard(String uid) {
        return collections.values().stream()
                .flatMap(collection -> collection.getShardsList().stream())
                .filter(shard -> shard.getUid().equals(uid))
                .findFirst();
    }

    Optional<Task> task(String id) {
        return tasks.values().stream().filter(each -> each.getId().equals(id)).findFirst();
    }

    Optional<CreateCollection> request(String requestId) {
        return requestId.isEmpty() ? Optional.empty() : Optional.ofNullable(requests.get(requestId));
    }

    /** What a command of this request id did, while that is remembered. */
    Optional<DoneRequest> doneRequest(String requestId) {
        return done.values().stream()
                .filter(each -> each.getRequestId().equals(requestId))
                .findFirst();
    }

    /** What everybody else sees. */
    ClusterState toClusterState() {
        return ClusterState.newBuilder()
                .setVersion(version)
                .setClusterId(clusterId)
                .addAllNodes(nodes.values())
                .addAllCollections(collections.values())
                .addAllTasks(tasks.values())
                .build();
    }

    private static <K extends Comparable<K>, V> SortedMap<K, V> with(SortedMap<K, V> map, K key, V value) {
        SortedMap<K, V> copy = new TreeMap<>(map);
        copy.put(key, value);
        return copy;
    }
}
