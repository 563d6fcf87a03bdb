package io.vectordb.metadata;

import com.google.protobuf.Timestamp;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.Limits;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.AddFieldsRequest;
import io.vectordb.internal.metadata.v1.AddFieldsResponse;
import io.vectordb.internal.metadata.v1.CollectionState;
import io.vectordb.internal.metadata.v1.CreateCollection;
import io.vectordb.internal.metadata.v1.CreateCollectionRequest;
import io.vectordb.internal.metadata.v1.CreateCollectionResponse;
import io.vectordb.internal.metadata.v1.DeleteCollectionRequest;
import io.vectordb.internal.metadata.v1.DeleteCollectionResponse;
import io.vectordb.internal.metadata.v1.FinishCollectionRequest;
import io.vectordb.internal.metadata.v1.FinishCollectionResponse;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.internal.metadata.v1.SucceedShardRequest;
import io.vectordb.internal.metadata.v1.SucceedShardResponse;
import io.vectordb.internal.metadata.v1.UpdateCollectionRequest;
import io.vectordb.internal.metadata.v1.UpdateCollectionResponse;
import io.vectordb.metadata.placement.Replica;
import io.vectordb.schema.Settings;
import io.vectordb.v1.Collection;
import io.vectordb.v1.CollectionSettings;
import io.vectordb.v1.Field;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What commands about collections and their shards do to the state. Deterministic. For one command. */
final class CollectionCommands {

    private final StateEdit edit;
    private final TaskCommands tasks;
    private final long index;
    private final Timestamp time;

    /** @param tasks of the same command */
    CollectionCommands(StateEdit edit, TaskCommands tasks, long index, Timestamp time) {
        this.edit = edit;
        this.tasks = tasks;
        this.index = index;
        this.time = time;
    }

    CreateCollectionResponse create(CreateCollection command) {
        CreateCollectionRequest request = command.getRequest();
        Optional<CreateCollection> earlier = edit.state().request(request.getRequestId());
        if (earlier.isPresent()) {
            return repeated(earlier.get(), request);
        }
        String name = request.getCollection().getName();
        Optional<CollectionState> existing = edit.state().collection(name);
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
        edit.put(made);
        if (!request.getRequestId().isEmpty()) {
            edit.put(command);
        }
        return created(made, true);
    }

    private CreateCollectionResponse repeated(CreateCollection earlier, CreateCollectionRequest request) {
        Optional<CollectionState> made = edit.state().collectionOfUid(earlier.getUid());
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
                .setVersion(edit.version(index))
                .build();
    }

    private CollectionState newCollection(CreateCollection command) {
        Collection wanted = command.getRequest().getCollection();
        Placement placement = new Placement(edit.state());
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

    FinishCollectionResponse finish(FinishCollectionRequest request) {
        CollectionState before =
                edit.state().collectionOfUid(request.getUid()).orElseThrow(() -> notFound("", request.getUid()));
        CollectionState.Builder after = before.toBuilder();
        if (before.getCollection().getState() == Collection.State.CREATING) {
            after.getCollectionBuilder().setState(Collection.State.READY).setUpdateTime(time);
            edit.put(after.build());
        }
        return FinishCollectionResponse.newBuilder()
                .setCollection(after)
                .setVersion(edit.version(index))
                .build();
    }

    SucceedShardResponse succeed(SucceedShardRequest request) {
        CollectionState before = edit.state()
                .collectionOfShard(request.getUid())
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
        tasks.overtake(made.getUid(), "The shard was recovered by force");
        edit.put(after.build());
        return SucceedShardResponse.newBuilder()
                .setShard(made)
                .setVersion(edit.version(index))
                .build();
    }

    DeleteCollectionResponse delete(DeleteCollectionRequest request) {
        Optional<CollectionState> found = edit.state()
                .collection(request.getName())
                .filter(each -> request.getUid().isEmpty()
                        || each.getCollection().getUid().equals(request.getUid()));
        if (found.isEmpty() && !request.getIfExists()) {
            throw notFound(request.getName(), request.getUid());
        }
        found.ifPresent(this::remove);
        return DeleteCollectionResponse.newBuilder()
                .setDeleted(found.isPresent())
                .setVersion(edit.version(index))
                .build();
    }

    private void remove(CollectionState collection) {
        String uid = collection.getCollection().getUid();
        collection.getShardsList().forEach(shard -> tasks.overtake(shard.getUid(), "The collection was deleted"));
        edit.remove(collection);
        for (CreateCollection creation : List.copyOf(edit.state().requests().values())) {
            if (creation.getUid().equals(uid)) {
                edit.removeRequest(creation.getRequest().getRequestId());
            }
        }
    }

    AddFieldsResponse addFields(AddFieldsRequest request) {
        CollectionState before = edit.state()
                .collectionOfUid(request.getCollectionUid())
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
        edit.put(after.build());
        return AddFieldsResponse.newBuilder()
                .setCollection(after)
                .setVersion(edit.version(index))
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

    UpdateCollectionResponse update(UpdateCollectionRequest request) {
        CollectionState before =
                edit.state().collectionOfUid(request.getUid()).orElseThrow(() -> notFound("", request.getUid()));
        CollectionSettings.Builder settings = before.getCollection().getSettings().toBuilder();
        boolean hasFewer = request.getReplicas() >= 1 && request.getReplicas() <= settings.getReplicas();
        if (request.hasReplicas() && !hasFewer) {
            new Placement(edit.state()).requireReplicas(request.getReplicas());
        }
        if (request.hasReplicas()) {
            settings.setReplicas(request.getReplicas());
        }
        if (request.hasIndexReplicas()) {
            settings.setIndexReplicas(request.getIndexReplicas());
        }
        if (request.hasDescription()) {
            settings.setDescription(request.getDescription());
        }
        if (request.hasDefaultConsistency()) {
            settings.setDefaultConsistencyValue(request.getDefaultConsistencyValue());
        }
        CollectionState.Builder after = before.toBuilder();
        if (!settings.build().equals(before.getCollection().getSettings())) {
            after.getCollectionBuilder()
                    .setSettings(Settings.complete(settings.build()))
                    .setUpdateTime(time);
            if (!request.getDryRun()) {
                edit.put(after.build());
                IndexAssignments.changed(edit.state()).forEach(edit::put);
            }
        }
        return UpdateCollectionResponse.newBuilder()
                .setCollection(
                        request.getDryRun()
                                ? after.build()
                                : edit.state().collectionOfUid(request.getUid()).orElseThrow())
                .setVersion(edit.version(index))
                .build();
    }

    private static VectorDbException notFound(String name, String uid) {
        String what = name.isEmpty() ? "of uid " + uid : uid.isEmpty() ? name : name + " of uid " + uid;
        return new VectorDbException(
                ErrorCode.COLLECTION_NOT_FOUND,
                "There is no collection " + what,
                name.isEmpty() ? Map.of("uid", uid) : Map.of("collection", name));
    }
}
