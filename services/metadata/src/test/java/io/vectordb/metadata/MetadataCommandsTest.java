package io.vectordb.metadata;

import static io.vectordb.internal.metadata.v1.NodeDisk.Level.NORMAL;
import static io.vectordb.internal.metadata.v1.NodeDisk.Level.NO_NEW_REPLICAS;
import static io.vectordb.internal.metadata.v1.NodeDisk.Level.REJECT_WRITES;
import static io.vectordb.metadata.Requests.collection;
import static io.vectordb.metadata.Requests.disk;
import static io.vectordb.metadata.Requests.field;
import static io.vectordb.metadata.Requests.index;
import static io.vectordb.metadata.Requests.storage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import io.vectordb.internal.metadata.v1.AddFieldsRequest;
import io.vectordb.internal.metadata.v1.CollectionState;
import io.vectordb.internal.metadata.v1.CommandError;
import io.vectordb.internal.metadata.v1.CreateCollection;
import io.vectordb.internal.metadata.v1.CreateCollectionRequest;
import io.vectordb.internal.metadata.v1.FinishCollectionRequest;
import io.vectordb.internal.metadata.v1.InitCluster;
import io.vectordb.internal.metadata.v1.MetadataCommand;
import io.vectordb.internal.metadata.v1.MetadataResult;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.internal.metadata.v1.RegisterNodeRequest;
import io.vectordb.internal.metadata.v1.SetNodeStates;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.storage.StateStore;
import io.vectordb.v1.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MetadataCommandsTest {

    private MetadataState state = MetadataState.EMPTY;
    private final Map<String, byte[]> rows = new TreeMap<>();
    private long index = 10;

    @Test
    void shardsShareTheBucketsEvenlyAndWithoutGaps() {
        register(storage("s1"));
        CollectionState made = create(collection("orders", 3, 1));
        assertThat(made.getShardsList()).extracting(ShardState::getBucketFrom).containsExactly(0, 21, 42);
        assertThat(made.getShardsList()).extracting(ShardState::getBucketTo).containsExactly(21, 42, 64);
        assertThat(made.getShardsList())
                .extracting(ShardState::getName)
                .containsExactly("orders-0", "orders-1", "orders-2");
        assertThat(made.getShards(0).getUid()).isEqualTo(made.getCollection().getUid() + "-0");
    }

    @Test
    void replicasGoToTheNodesThatHaveFewestThenById() {
        List.of("s3", "s1", "s2").forEach(id -> register(storage(id)));
        assertThat(create(collection("a", 2, 2)).getShardsList())
                .extracting(shard -> List.copyOf(shard.getStorageNodesList()))
                .containsExactly(List.of("s1", "s2"), List.of("s3", "s1"));
        assertThat(create(collection("b", 1, 2)).getShards(0).getStorageNodesList())
                .containsExactly("s2", "s3");
    }

    @Test
    void aNodeOfTwiceTheSizeGetsTwiceTheReplicas() {
        register(storage("s1", disk("d", 100, 90, NORMAL)));
        register(storage("s2", disk("d", 200, 10, NORMAL)));
        assertThat(create(collection("a", 6, 1)).getShardsList())
                .extracting(shard -> shard.getStorageNodes(0))
                .containsExactly("s2", "s1", "s2", "s2", "s1", "s2");
    }

    @Test
    void ofTheDisksOfANodeTheOneWithMostRoomForEachReplicaIsTaken() {
        register(storage(
                "s1", disk("a", 100, 20, NORMAL), disk("b", 100, 80, NORMAL), disk("c", 100, 99, NO_NEW_REPLICAS)));
        assertThat(create(collection("a", 6, 1)).getShardsList())
                .extracting(shard -> shard.getStorageDisks(0))
                .containsExactly("b", "b", "b", "a", "b", "b");
        assertThat(create(collection("b", 1, 1)).getShards(0).getStorageDisks(0))
                .isEqualTo("b");
    }

    @Test
    void aNodeWithoutRoomGetsNothing() {
        register(storage("s1", disk("d", 100, 1, REJECT_WRITES)));
        register(storage("s2"));
        assertThat(create(collection("a", 2, 1)).getShardsList())
                .extracting(shard -> shard.getStorageNodes(0))
                .containsExactly("s2", "s2");
        CommandError error = refused(creation(collection("orders", 1, 2)));
        assertThat(error.getCode()).isEqualTo("DISK_FULL");
        assertThat(error.getMessage())
                .isEqualTo(
                        "2 replicas need 2 storage nodes, 2 are registered and 1 of them with a disk that has room for"
                                + " more");
    }

    @Test
    void theDefaultIsAsManyReplicasAsNodesUpToThree() {
        register(storage("s1"));
        assertThat(create(collection("one", 1, 0)).getCollection().getSettings().getReplicas())
                .isEqualTo(1);
        List.of("s2", "s3", "s4").forEach(id -> register(storage(id)));
        assertThat(create(collection("three", 1, 0)).getShards(0).getStorageNodesList())
                .hasSize(3);
    }

    @Test
    void tooFewStorageNodesAreCounted() {
        register(storage("s1"));
        CommandError error = refused(creation(collection("orders", 1, 3)));
        assertThat(error.getCode()).isEqualTo("SHARD_UNAVAILABLE");
        assertThat(error.getMessage()).isEqualTo("3 replicas need 3 storage nodes, 1 is registered");
        assertThat(state.collections()).isEmpty();
    }

    @Test
    void indexNodesThatComeLaterGetTheShardsThatHaveTooFew() {
        register(storage("s1"));
        CollectionState before = create(collection("orders", 2, 1));
        assertThat(before.getShards(0).getIndexNodesList()).isEmpty();
        register(index("i1"));
        assertThat(indexNodes("orders")).containsExactly(List.of("i1"), List.of("i1"));
        register(index("i2"));
        register(index("i3"));
        assertThat(indexNodes("orders")).containsExactly(List.of("i1", "i2"), List.of("i1", "i2"));
        assertThat(state.collection("orders").orElseThrow().getShards(0).getEpoch())
                .isEqualTo(3);
        create(collection("lines", 1, 1));
        assertThat(indexNodes("lines")).containsExactly(List.of("i3", "i1"));
    }

    @Test
    void aShardGetsAsManyIndexNodesAsWantedOrAsThereAreEachAsOftenAsTheOthers() {
        register(storage("s1"));
        List.of("i1", "i2", "i3").forEach(id -> register(index(id)));
        create(withIndexReplicas(collection("one", 3, 1), 1));
        assertThat(indexNodes("one")).containsExactly(List.of("i1"), List.of("i2"), List.of("i3"));
        create(collection("two", 3, 1));
        assertThat(indexNodes("two")).containsExactly(List.of("i1", "i2"), List.of("i3", "i1"), List.of("i2", "i3"));
        create(withIndexReplicas(collection("five", 1, 1), 5));
        assertThat(indexNodes("five")).containsExactly(List.of("i1", "i2", "i3"));
        register(index("i4"));
        assertThat(indexNodes("one")).containsExactly(List.of("i1"), List.of("i2"), List.of("i3"));
        assertThat(indexNodes("five")).containsExactly(List.of("i1", "i2", "i3", "i4"));
    }

    private static Collection withIndexReplicas(Collection collection, int replicas) {
        Collection.Builder changed = collection.toBuilder();
        changed.getSettingsBuilder().setIndexReplicas(replicas);
        return changed.build();
    }

    private List<List<String>> indexNodes(String collection) {
        return state.collection(collection).orElseThrow().getShardsList().stream()
                .map(shard -> List.copyOf(shard.getIndexNodesList()))
                .toList();
    }

    @Test
    void aNodeThatSaysNothingNewChangesNothing() {
        register(storage("s1"));
        long version = state.version();
        register(storage("s1"));
        assertThat(state.version()).isEqualTo(version);
        register(storage("s1").toBuilder().setBootId("boot-2").build());
        assertThat(state.version()).isGreaterThan(version);
    }

    @Test
    void theFirstClusterIdStays() {
        apply(MetadataCommand.newBuilder()
                .setInitCluster(InitCluster.newBuilder().setClusterId("one")));
        apply(MetadataCommand.newBuilder()
                .setInitCluster(InitCluster.newBuilder().setClusterId("two")));
        assertThat(state.clusterId()).isEqualTo("one");
    }

    @Test
    void fieldsAreAddedUpToAThousand() {
        register(storage("s1"));
        CollectionState made = create(collection("orders", 1, 1));
        AddFieldsRequest.Builder most = AddFieldsRequest.newBuilder()
                .setCollectionUid(made.getCollection().getUid())
                .setIfSchemaVersion(1);
        IntStream.range(0, 999).forEach(i -> most.addFields(field("f" + i)));
        CollectionState full = apply(MetadataCommand.newBuilder().setAddFields(most))
                .getAddFields()
                .getCollection();
        assertThat(full.getCollection().getSchemaVersion()).isEqualTo(2);
        assertThat(full.getCollection().getSchema().getFieldsCount()).isEqualTo(1_000);
        CommandError error = refused(MetadataCommand.newBuilder().setAddFields(Requests.addField(full, "one_more")));
        assertThat(error.getCode()).isEqualTo("LIMIT_EXCEEDED");
    }

    @Test
    void theStoredRowsAreTheState() throws InvalidProtocolBufferException {
        apply(MetadataCommand.newBuilder()
                .setInitCluster(InitCluster.newBuilder().setClusterId("one")));
        register(storage("s1"));
        register(index("i1"));
        create(collection("orders", 2, 1));
        create(collection("lines", 1, 1));
        MetadataCommand.Builder delete = MetadataCommand.newBuilder();
        delete.getDeleteCollectionBuilder().setName("lines");
        apply(delete);
        assertThat(MetadataState.load(new HashMap<>(rows))).isEqualTo(state);
        assertThat(rows)
                .containsOnlyKeys(
                        "cluster",
                        "node/i1",
                        "node/s1",
                        "collection/uid-of-orders",
                        "request/request-of-orders",
                        "version");
    }

    private void become(String id, Node.State from, Node.State to) {
        apply(MetadataCommand.newBuilder()
                .setSetNodeStates(SetNodeStates.newBuilder()
                        .addChanges(SetNodeStates.Change.newBuilder()
                                .setId(id)
                                .setFrom(from)
                                .setTo(to)
                                .setReason("test"))));
    }

    @Test
    void shardsOfAnIndexNodeThatIsDownGoToOthersInOneCommand() {
        register(storage("s1"));
        List.of("i1", "i2", "i3").forEach(id -> register(index(id)));
        create(collection("orders", 2, 1));
        List<List<String>> before = indexNodes("orders");
        long epoch = state.collection("orders").orElseThrow().getShards(0).getEpoch();
        String lost = before.getFirst().getFirst();
        become(lost, Node.State.UP, Node.State.SUSPECT);
        assertThat(indexNodes("orders")).isEqualTo(before);
        long version = state.version();
        become(lost, Node.State.SUSPECT, Node.State.DOWN);
        assertThat(state.version()).isEqualTo(index).isGreaterThan(version);
        assertThat(indexNodes("orders"))
                .allSatisfy(nodes -> assertThat(nodes).doesNotContain(lost).hasSameSizeAs(before.getFirst()));
        assertThat(state.collection("orders").orElseThrow().getShards(0).getEpoch())
                .isEqualTo(epoch + 1);
    }

    @Test
    void anIndexNodeThatIsDownKeepsItsShardsWhileThereIsNoOtherAndLosesThemToOneThatComes() {
        register(storage("s1"));
        register(index("i1"));
        create(collection("orders", 1, 1));
        become("i1", Node.State.UP, Node.State.DOWN);
        assertThat(indexNodes("orders")).containsExactly(List.of("i1"));
        register(index("i2"));
        assertThat(indexNodes("orders").getFirst().getFirst()).isEqualTo("i2");
    }

    @Test
    void aStateThatWasConcludedFromAnotherOneChangesNothingAndAReportKeepsTheState() {
        register(storage("s1"));
        MetadataState before = state;
        become("s1", Node.State.DOWN, Node.State.DEAD);
        assertThat(state).isEqualTo(before);
        become("s1", Node.State.UP, Node.State.DOWN);
        register(storage("s1").toBuilder().setBootId("another").build());
        Node known = state.nodes().getOrDefault("s1", Node.getDefaultInstance());
        assertThat(known.getState()).isEqualTo(Node.State.DOWN);
        assertThat(known.getBootId()).isEqualTo("another");
    }

    @Test
    void nodesThatAreDownGetNothing() {
        List.of("s1", "s2").forEach(id -> register(storage(id)));
        become("s1", Node.State.UP, Node.State.DOWN);
        assertThat(create(collection("orders", 1, 1)).getShards(0).getStorageNodesList())
                .containsExactly("s2");
        assertThat(refused(creation(collection("lines", 1, 2))).getMessage())
                .contains("1 is registered and 1 more that are down");
    }

    @Test
    void aChangeIsRememberedForTenMinutesAndItsIdTakesNoOtherContent() {
        MetadataCommand.Builder line = MetadataCommand.newBuilder().setRequestId("r1");
        line.getAppendAuditBuilder().setAction("a");
        MetadataResult first = apply(line);
        assertThat(apply(line)).isEqualTo(first);
        MetadataCommand.Builder other = MetadataCommand.newBuilder().setRequestId("r1");
        other.getAppendAuditBuilder().setAction("b");
        assertThat(refused(other).getCode()).isEqualTo("REQUEST_ID_REUSED");
        assertThat(rows.keySet()).filteredOn(key -> key.startsWith("done/")).hasSize(1);
        MetadataCommand later = MetadataCommand.newBuilder()
                .setRequestId("r2")
                .setTimeMicros(1_700_000_000_000_001L + DoneRequests.KEPT.toNanos() / 1_000 + 1)
                .setAppendAudit(other.getAppendAudit())
                .build();
        MetadataState after = MetadataCommands.apply(state, ++index, later).state();
        assertThat(after.doneRequest("r1")).isEmpty();
        assertThat(after.doneRequest("r2")).isPresent();
    }

    @Test
    void anUnknownCommandMustNotBeSkipped() {
        assertThatThrownBy(() -> MetadataCommands.apply(state, 11, MetadataCommand.getDefaultInstance()))
                .isInstanceOf(IllegalStateException.class);
    }

    private void register(Node node) {
        apply(MetadataCommand.newBuilder()
                .setRegisterNode(RegisterNodeRequest.newBuilder().setNode(node)));
    }

    private CollectionState create(Collection wanted) {
        return apply(creation(wanted)).getCreateCollection().getCollection();
    }

    private static MetadataCommand.Builder creation(Collection wanted) {
        return MetadataCommand.newBuilder()
                .setCreateCollection(CreateCollection.newBuilder()
                        .setUid("uid-of-" + wanted.getName())
                        .setRequest(CreateCollectionRequest.newBuilder()
                                .setRequestId("request-of-" + wanted.getName())
                                .setCollection(wanted)));
    }

    private MetadataResult apply(MetadataCommand.Builder command) {
        Transition transition = MetadataCommands.apply(
                state, ++index, command.setTimeMicros(1_700_000_000_000_001L).build());
        state = transition.state();
        for (StateStore.Change change : transition.changes()) {
            switch (change) {
                case StateStore.Put(String key, byte[] value) -> rows.put(key, value);
                case StateStore.Delete(String key) -> rows.remove(key);
            }
        }
        return transition.result();
    }

    private CommandError refused(MetadataCommand.Builder command) {
        MetadataState before = state;
        MetadataResult result = apply(command);
        assertThat(result.hasError()).isTrue();
        assertThat(state).isSameAs(before);
        return result.getError();
    }

    @Test
    void aCollectionThatIsToBeFilledIsReadyWhenItIsFinished() {
        register(storage("s1"));
        Collection wanted = collection("orders", 1, 1).toBuilder()
                .setState(Collection.State.CREATING)
                .setSchemaVersion(7)
                .build();
        Collection made = create(wanted).getCollection();
        assertThat(made.getState()).isEqualTo(Collection.State.CREATING);
        assertThat(made.getSchemaVersion()).isEqualTo(7);
        MetadataCommand.Builder finish = MetadataCommand.newBuilder()
                .setFinishCollection(FinishCollectionRequest.newBuilder().setUid(made.getUid()));
        apply(finish);
        Collection ready = state.collection("orders").orElseThrow().getCollection();
        assertThat(ready.getState()).isEqualTo(Collection.State.READY);
        assertThat(ready.getSchemaVersion()).isEqualTo(7);
        long version = state.version();
        apply(finish);
        assertThat(state.version()).isEqualTo(version);
    }
}
