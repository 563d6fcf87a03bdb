package io.vectordb.metadata;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Timestamp;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.Limits;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.AddFieldsRequest;
import io.vectordb.internal.metadata.v1.AddFieldsResponse;
import io.vectordb.internal.metadata.v1.AdvanceTask;
import io.vectordb.internal.metadata.v1.AppendAuditRequest;
import io.vectordb.internal.metadata.v1.AppendAuditResponse;
import io.vectordb.internal.metadata.v1.CollectionState;
import io.vectordb.internal.metadata.v1.ControlTaskRequest;
import io.vectordb.internal.metadata.v1.ControlTaskResponse;
import io.vectordb.internal.metadata.v1.CreateCollection;
import io.vectordb.internal.metadata.v1.CreateCollectionRequest;
import io.vectordb.internal.metadata.v1.CreateCollectionResponse;
import io.vectordb.internal.metadata.v1.DeleteCollectionRequest;
import io.vectordb.internal.metadata.v1.DeleteCollectionResponse;
import io.vectordb.internal.metadata.v1.EndTask;
import io.vectordb.internal.metadata.v1.FinishCollectionRequest;
import io.vectordb.internal.metadata.v1.FinishCollectionResponse;
import io.vectordb.internal.metadata.v1.InitCluster;
import io.vectordb.internal.metadata.v1.MetadataCommand;
import io.vectordb.internal.metadata.v1.MetadataResult;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.internal.metadata.v1.RegisterNodeResponse;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.internal.metadata.v1.StartTask;
import io.vectordb.internal.metadata.v1.StartTaskResponse;
import io.vectordb.internal.metadata.v1.SucceedShardRequest;
import io.vectordb.internal.metadata.v1.SucceedShardResponse;
import io.vectordb.internal.metadata.v1.Task;
import io.vectordb.metadata.placement.Replica;
import io.vectordb.schema.Settings;
import io.vectordb.storage.StateStore;
import io.vectordb.v1.AuditEntry;
import io.vectordb.v1.Collection;
import io.vectordb.v1.Field;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the commands of the metadata log do to the state. Deterministic: uids and times come with the command, choices
 * follow from the state. For one command; the changes it made are collected as rows to store.
 */
final class MetadataCommands {

    private static final long MICROS_PER_SECOND = 1_000_000;

    private final long index;
    private final Timestamp time;
    private final List<StateStore.Change> changes = new ArrayList<>();
    private MetadataState state;

    private MetadataCommands(MetadataState state, long index, long timeMicros) {
        this.state = state;
        this.index = index;
        this.time = Timestamp.newBuilder()
                .setSeconds(Math.floorDiv(timeMicros, MICROS_PER_SECOND))
                .setNanos(Math.toIntExact(Math.floorMod(timeMicros, MICROS_PER_SECOND) * 1_000))
                .build();
    }

    /**
     * The state after {@code command}, which stands at {@code index} of the log.
     *
     * @throws IllegalStateException for a kind of command that this program does not know: it must not go on
     */
    static Transition apply(MetadataState state, long index, MetadataCommand command) {
        return new MetadataCommands(state, index, command.getTimeMicros()).apply(command);
    }

    private Transition apply(MetadataCommand command) {
        return DoneRequests.once(state, index, command, () -> execute(command));
    }

    private Transition execute(MetadataCommand command) {
        MetadataState before = state;
        MetadataResult.Builder result = MetadataResult.newBuilder();
        try {
            switch (command.getCommandCase()) {
                case REGISTER_NODE ->
                    result.setRegisterNode(
                            registerNode(command.getRegisterNode().getNode()));
                case CREATE_COLLECTION -> result.setCreateCollection(create(command.getCreateCollection()));
                case DELETE_COLLECTION -> result.setDeleteCollection(delete(command.getDeleteCollection()));
                case ADD_FIELDS -> result.setAddFields(addFields(command.getAddFields()));
                case FINISH_COLLECTION -> result.setFinishCollection(finish(command.getFinishCollection()));
                case SUCCEED_SHARD -> result.setSucceedShard(succeed(command.getSucceedShard()));
                case APPEND_AUDIT -> {
                    return audit(command.getAppendAudit());
                }
                case SET_NODE_STATES -> {
                    return NodeCommands.setStates(before, index, time, command.getSetNodeStates());
                }
                case UPDATE_SETTINGS -> {
                    return NodeCommands.updateSettings(before, index, command.getUpdateSettings());
                }
                case START_TASK -> result.setStartTask(startTask(command.getStartTask()));
                case CONTROL_TASK -> result.setControlTask(control(command.getControlTask()));
                case ADVANCE_TASK -> advance(command.getAdvanceTask());
                case END_TASK -> end(command.getEndTask());
                case INIT_CLUSTER -> initCluster(command.getInitCluster());
                case COMMAND_NOT_SET ->
                    throw new IllegalStateException("The entry at " + index + " holds no command that is known here");
            }
        } catch (VectorDbException refusal) {
            return Transition.refused(before, refusal);
        }
        if (changes.isEmpty()) {
            return Transition.unchanged(before, result.build());
        }
        changes.add(new StateStore.Put(
                MetadataState.VERSION_KEY, String.valueOf(index).getBytes(US_ASCII)));
        return new Transition(state.withVersion(index), List.copyOf(changes), result.build());
    }

    /** The first one stays. */
    private void initCluster(InitCluster command) {
        if (state.clusterId().isEmpty()) {
            state = state.withClusterId(command.getClusterId());
            put(MetadataState.CLUSTER_KEY, command);
        }
    }

    private RegisterNodeResponse registerNode(Node reported) {
        Node known = state.nodes().get(reported.getId());
        Node node = NodeCommands.registered(reported, known, time);
        if (!node.equals(known)) {
            state = state.withNode(node);
            put(MetadataState.NODE_PREFIX + node.getId(), node);
            if (node.getService() == Node.Service.INDEX) {
                IndexAssignments.changed(state).forEach(this::putCollection);
            }
        }
        return RegisterNodeResponse.newBuilder()
                .setClusterId(state.clusterId())
                .setVersion(versionAfter())
                .build();
    }

    private CreateCollectionResponse create(CreateCollection command) {
        CreateCollectionRequest request = command.getRequest();
        Optional<CreateCollection> earlier = state.request(request.getRequestId());
        if (earlier.isPresent()) {
            return repeated(earlier.get(), request);
        }
        String name = request.getCollection().getName();
        Optional<CollectionState> existing = state.collection(name);
        if (existing.isPresent()) {
            if (request.getIfNotExists()) {
                return created(existing.get(), false);
            }
            throw new VectorDbException(
                    ErrorCode.COLLECTION_EXISTS,
                    "There is a collection " + name + " already",
                    Map.of("collection", name));
        }
        CollectionState made = newCollection(command);
        putCollection(made);
        if (!request.getRequestId().isEmpty()) {
            state = state.withRequest(command);
            put(MetadataState.REQUEST_PREFIX + request.getRequestId(), command);
        }
        return created(made, true);
    }

    private CreateCollectionResponse repeated(CreateCollection earlier, CreateCollectionRequest request) {
        Optional<CollectionState> made = state.collectionOfUid(earlier.getUid());
        if (made.isEmpty() || !earlier.getRequest().equals(request)) {
            throw new VectorDbException(
                    ErrorCode.REQUEST_ID_REUSED,
                    "The request id " + request.getRequestId() + " was used to create the collection "
                            + earlier.getRequest().getCollection().getName() + " with another content",
                    Map.of("request_id", request.getRequestId()));
        }
        return created(made.get(), true);
    }

    private CreateCollectionResponse created(CollectionState collection, boolean now) {
        return CreateCollectionResponse.newBuilder()
                .setCollection(collection)
                .setCreated(now)
                .setVersion(versionAfter())
                .build();
    }

    private CollectionState newCollection(CreateCollection command) {
        Collection wanted = command.getRequest().getCollection();
        Placement placement = new Placement(state);
        int replicas = placement.replicas(wanted.getSettings().getReplicas(), command.getDefaultReplicas());
        boolean isToBeFilled = wanted.getState() == Collection.State.CREATING;
        Collection complete = wanted.toBuilder()
                .setUid(command.getUid())
                .setSchemaVersion(isToBeFilled ? Math.max(1, wanted.getSchemaVersion()) : 1)
                .setState(isToBeFilled ? Collection.State.CREATING : Collection.State.READY)
                .setCreateTime(time)
                .setUpdateTime(time)
                .setSettings(wanted.getSettings().toBuilder().setReplicas(replicas))
                .build();
        CollectionState.Builder made = CollectionState.newBuilder().setCollection(complete);
        int shards = complete.getSettings().getShards();
        int buckets = complete.getSettings().getBuckets();
        int indexReplicas = Settings.indexReplicas(complete.getSettings());
        for (int i = 0; i < shards; i++) {
            List<Replica> places = placement.storagePlaces(replicas);
            made.addShards(ShardState.newBuilder()
                    .setUid(complete.getUid() + "-" + i)
                    .setName(complete.getName() + "-" + i)
                    .setBucketFrom(Math.toIntExact((long) buckets * i / shards))
                    .setBucketTo(Math.toIntExact((long) buckets * (i + 1) / shards))
                    .setEpoch(1)
                    .setIncarnation(1)
                    .addAllStorageNodes(places.stream().map(Replica::node).toList())
                    .addAllStorageDisks(places.stream().map(Replica::disk).toList())
                    .addAllIndexNodes(placement.moreIndexNodes(List.of(), indexReplicas)));
        }
        return made.build();
    }

    private FinishCollectionResponse finish(FinishCollectionRequest request) {
        CollectionState before =
                state.collectionOfUid(request.getUid()).orElseThrow(() -> notFound("", request.getUid()));
        CollectionState.Builder after = before.toBuilder();
        if (before.getCollection().getState() == Collection.State.CREATING) {
            after.getCollectionBuilder().setState(Collection.State.READY).setUpdateTime(time);
            putCollection(after.build());
        }
        return FinishCollectionResponse.newBuilder()
                .setCollection(after)
                .setVersion(versionAfter())
                .build();
    }

    private SucceedShardResponse succeed(SucceedShardRequest request) {
        CollectionState before = state.collectionOfShard(request.getUid())
                .orElseThrow(() -> new VectorDbException(
                        ErrorCode.SHARD_NOT_FOUND,
                        "There is no shard of uid " + request.getUid(),
                        Map.of("shard", request.getUid())));
        CollectionState.Builder after = before.toBuilder();
        ShardState.Builder shard = after.getShardsBuilderList().stream()
                .filter(each -> each.getUid().equals(request.getUid()))
                .findFirst()
                .orElseThrow();
        if (shard.getIncarnation() != request.getIfIncarnation()) {
            throw new VectorDbException(
                    ErrorCode.OPERATION_CONFLICT,
                    "The shard " + shard.getName() + " is at incarnation " + shard.getIncarnation() + ", expected "
                            + request.getIfIncarnation(),
                    Map.of("shard", shard.getName()));
        }
        int at = shard.getStorageNodesList().indexOf(request.getNode());
        if (at < 0) {
            throw new VectorDbException(
                    ErrorCode.NODE_NOT_FOUND,
                    "Node " + request.getNode() + " has no replica of the shard " + shard.getName(),
                    Map.of("shard", shard.getName(), "node", request.getNode()));
        }
        String disk = at < shard.getStorageDisksCount() ? shard.getStorageDisks(at) : "";
        shard.setSucceedsIncarnation(shard.getIncarnation())
                .setIncarnation(shard.getIncarnation() + 1)
                .setEpoch(shard.getEpoch() + 1)
                .clearStorageNodes()
                .clearStorageDisks()
                .addStorageNodes(request.getNode())
                .addStorageDisks(disk);
        ShardState made = shard.build();
        overtake(made.getUid(), "The shard was recovered by force");
        putCollection(after.build());
        return SucceedShardResponse.newBuilder()
                .setShard(made)
                .setVersion(versionAfter())
                .build();
    }

    /** No new version: nobody who follows the metadata has to know. */
    private Transition audit(AppendAuditRequest request) {
        AuditEntry entry = AuditChain.next(state.lastAudit(), request, time);
        put(AuditChain.key(entry.getIndex()), entry);
        return new Transition(
                state.withLastAudit(entry),
                List.copyOf(changes),
                MetadataResult.newBuilder()
                        .setAppendAudit(AppendAuditResponse.newBuilder().setEntry(entry))
                        .build());
    }

    private DeleteCollectionResponse delete(DeleteCollectionRequest request) {
        Optional<CollectionState> found = state.collection(request.getName())
                .filter(each -> request.getUid().isEmpty()
                        || each.getCollection().getUid().equals(request.getUid()));
        if (found.isEmpty() && !request.getIfExists()) {
            throw notFound(request.getName(), request.getUid());
        }
        found.ifPresent(this::remove);
        return DeleteCollectionResponse.newBuilder()
                .setDeleted(found.isPresent())
                .setVersion(versionAfter())
                .build();
    }

    private void remove(CollectionState collection) {
        String uid = collection.getCollection().getUid();
        collection.getShardsList().forEach(shard -> overtake(shard.getUid(), "The collection was deleted"));
        state = state.withoutCollection(collection.getCollection().getName());
        changes.add(new StateStore.Delete(MetadataState.COLLECTION_PREFIX + uid));
        for (CreateCollection creation : List.copyOf(state.requests().values())) {
            if (creation.getUid().equals(uid)) {
                String requestId = creation.getRequest().getRequestId();
                state = state.withoutRequest(requestId);
                changes.add(new StateStore.Delete(MetadataState.REQUEST_PREFIX + requestId));
            }
        }
    }

    private AddFieldsResponse addFields(AddFieldsRequest request) {
        CollectionState before = state.collectionOfUid(request.getCollectionUid())
                .orElseThrow(() -> notFound("", request.getCollectionUid()));
        int version = before.getCollection().getSchemaVersion();
        if (version != request.getIfSchemaVersion()) {
            throw new VectorDbException(
                    ErrorCode.SCHEMA_VERSION_MISMATCH,
                    "expected schema version " + request.getIfSchemaVersion() + ", it is " + version,
                    Map.of("schema_version", String.valueOf(version)));
        }
        checkNewFields(before.getCollection(), request.getFieldsList());
        CollectionState.Builder after = before.toBuilder();
        after.getCollectionBuilder().setSchemaVersion(version + 1).setUpdateTime(time);
        after.getCollectionBuilder().getSchemaBuilder().addAllFields(request.getFieldsList());
        putCollection(after.build());
        return AddFieldsResponse.newBuilder()
                .setCollection(after)
                .setVersion(versionAfter())
                .build();
    }

    private static void checkNewFields(Collection collection, List<Field> added) {
        Set<String> names = new HashSet<>();
        collection.getSchema().getFieldsList().forEach(field -> names.add(field.getName()));
        for (Field field : added) {
            if (!names.add(field.getName())) {
                throw new VectorDbException(
                        ErrorCode.INVALID_SCHEMA,
                        "The collection " + collection.getName() + " has a field " + field.getName() + " already",
                        Map.of("field", field.getName()));
            }
        }
        if (names.size() > Limits.FIELDS) {
            throw new VectorDbException(
                    ErrorCode.LIMIT_EXCEEDED,
                    "A collection has at most " + Limits.FIELDS + " fields, " + collection.getName() + " would have "
                            + names.size());
        }
    }

    private StartTaskResponse startTask(StartTask command) {
        Task task = TaskRules.begin(state, index, time, command.getRequest());
        putTask(task);
        forgetOldTasks();
        return StartTaskResponse.newBuilder()
                .setTask(task)
                .setVersion(versionAfter())
                .build();
    }

    private void forgetOldTasks() {
        List<Task> over =
                state.tasks().values().stream().filter(TaskRules::isOver).toList();
        over.subList(0, Math.max(0, over.size() - TaskRules.KEPT)).forEach(task -> {
            state = state.withoutTask(task);
            changes.add(new StateStore.Delete(MetadataState.TASK_PREFIX + task.getId()));
        });
    }

    private ControlTaskResponse control(ControlTaskRequest request) {
        Task task = TaskRules.control(state, request.getId(), request.getWish());
        putTask(task);
        return ControlTaskResponse.newBuilder()
                .setTask(task)
                .setVersion(versionAfter())
                .build();
    }

    private void advance(AdvanceTask step) {
        working(step.getId()).ifPresent(task -> putTask(TaskRules.advanced(task, step)));
    }

    private void end(EndTask end) {
        working(end.getId()).ifPresent(task -> {
            putTask(TaskRules.ended(task, end, time));
            if (end.hasMembers()) {
                state.collectionOfShard(end.getMembers().getShard()).ifPresent(before -> {
                    CollectionState after = TaskRules.with(before, end.getMembers());
                    if (!after.equals(before)) {
                        putCollection(after);
                    }
                });
            }
        });
    }

    private Optional<Task> working(String id) {
        return state.task(id).filter(task -> !TaskRules.isOver(task));
    }

    private void overtake(String shardUid, String why) {
        state.tasks().values().stream()
                .filter(task -> !TaskRules.isOver(task) && TaskRules.shard(task).equals(shardUid))
                .forEach(task -> putTask(TaskRules.overtaken(task, why, time)));
    }

    private void putTask(Task task) {
        if (!state.task(task.getId()).equals(Optional.of(task))) {
            state = state.withTask(task);
            put(MetadataState.TASK_PREFIX + task.getId(), task);
        }
    }

    private static VectorDbException notFound(String name, String uid) {
        String what = name.isEmpty() ? "of uid " + uid : uid.isEmpty() ? name : name + " of uid " + uid;
        return new VectorDbException(
                ErrorCode.COLLECTION_NOT_FOUND,
                "There is no collection " + what,
                name.isEmpty() ? Map.of("uid", uid) : Map.of("collection", name));
    }

    private void putCollection(CollectionState collection) {
        state = state.withCollection(collection);
        put(MetadataState.COLLECTION_PREFIX + collection.getCollection().getUid(), collection);
    }

    private void put(String key, MessageLite value) {
        changes.add(new StateStore.Put(key, value.toByteArray()));
    }

    /** The version that the state has once this command's changes are in it. */
    private long versionAfter() {
        return changes.isEmpty() ? state.version() : index;
    }
}
