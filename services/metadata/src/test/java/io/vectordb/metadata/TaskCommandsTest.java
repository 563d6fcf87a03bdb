package io.vectordb.metadata;

import static io.vectordb.metadata.Requests.collection;
import static io.vectordb.metadata.Requests.index;
import static io.vectordb.metadata.Requests.storage;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.internal.metadata.v1.AdvanceTask;
import io.vectordb.internal.metadata.v1.AssignIndexNodes;
import io.vectordb.internal.metadata.v1.ChangeIndexNodes;
import io.vectordb.internal.metadata.v1.ChangeReplicas;
import io.vectordb.internal.metadata.v1.CollectionState;
import io.vectordb.internal.metadata.v1.ControlTaskRequest;
import io.vectordb.internal.metadata.v1.CreateCollection;
import io.vectordb.internal.metadata.v1.CreateCollectionRequest;
import io.vectordb.internal.metadata.v1.DeleteCollectionRequest;
import io.vectordb.internal.metadata.v1.DrainNode;
import io.vectordb.internal.metadata.v1.EndTask;
import io.vectordb.internal.metadata.v1.MetadataCommand;
import io.vectordb.internal.metadata.v1.MetadataResult;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.internal.metadata.v1.NodeDisk;
import io.vectordb.internal.metadata.v1.RegisterNodeRequest;
import io.vectordb.internal.metadata.v1.ShardMembers;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.internal.metadata.v1.StartTask;
import io.vectordb.internal.metadata.v1.StartTaskRequest;
import io.vectordb.internal.metadata.v1.SucceedShardRequest;
import io.vectordb.internal.metadata.v1.Task;
import io.vectordb.internal.metadata.v1.UndrainNodeRequest;
import io.vectordb.internal.metadata.v1.UpdateCollectionRequest;
import io.vectordb.storage.StateStore;
import io.vectordb.v1.CollectionSettings;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the log says about long changes of the cluster. */
class TaskCommandsTest {

    private MetadataState state = MetadataState.EMPTY;
    private final Map<String, byte[]> rows = new TreeMap<>();
    private long log = 10;
    private String shard = "";

    @BeforeEach
    void twoReplicasOnThreeNodes() {
        for (Node node : List.of(storage("s1"), storage("s2"), storage("s3"), index("i1"))) {
            apply(MetadataCommand.newBuilder()
                    .setRegisterNode(RegisterNodeRequest.newBuilder().setNode(node)));
        }
        apply(MetadataCommand.newBuilder()
                .setCreateCollection(CreateCollection.newBuilder()
                        .setRequest(CreateCollectionRequest.newBuilder().setCollection(collection("notes", 1, 2)))
                        .setUid("uid")));
        shard = shard().getUid();
        assertThat(shard().getStorageNodesList()).containsExactly("s1", "s2");
    }

    private MetadataResult apply(MetadataCommand.Builder command) {
        Transition transition = MetadataCommands.apply(state, log++, command.build());
        state = transition.state();
        for (StateStore.Change change : transition.changes()) {
            switch (change) {
                case StateStore.Put put -> rows.put(put.key(), put.value());
                case StateStore.Delete delete -> rows.remove(delete.key());
            }
        }
        return transition.result();
    }

    private ShardState shard() {
        return state.collection("notes")
                .map(CollectionState::getShardsList)
                .orElseThrow()
                .getFirst();
    }

    private static MetadataCommand.Builder start(String uid, String from, String to, String requestId) {
        return MetadataCommand.newBuilder()
                .setRequestId(requestId)
                .setStartTask(StartTask.newBuilder()
                        .setRequest(StartTaskRequest.newBuilder()
                                .setChangeReplicas(ChangeReplicas.newBuilder()
                                        .setShard(uid)
                                        .setFromNode(from)
                                        .setToNode(to))
                                .setRequestId(requestId)));
    }

    private Task started() {
        return apply(start(shard, "s1", "s3", "r1")).getStartTask().getTask();
    }

    private String refusal(String from, String to) {
        return apply(start(shard, from, to, "")).getError().getMessage();
    }

    private static EndTask.Builder end(Task task, Task.State outcome) {
        return EndTask.newBuilder().setId(task.getId()).setState(outcome);
    }

    private ShardMembers members(long incarnation, String... nodes) {
        ShardMembers.Builder members = ShardMembers.newBuilder().setShard(shard).setIncarnation(incarnation);
        for (String node : nodes) {
            members.addNodes(node).addDisks("disk of " + node);
        }
        return members.build();
    }

    @Test
    void aTaskBeginsOnceHoweverOftenItIsAskedFor() {
        Task begun = started();
        assertThat(begun.getState()).isEqualTo(Task.State.QUEUED);
        assertThat(started()).isEqualTo(begun);
        assertThat(state.tasks()).hasSize(1);
        assertThat(apply(start(shard, "s2", "s3", "r1")).getError().getCode()).isEqualTo("REQUEST_ID_REUSED");
        assertThat(apply(start(shard, "s2", "s3", "r2")).getError().getMessage())
                .isEqualTo("Operation " + begun.getId() + " works on shard notes-0: wait for its end, or cancel it");
    }

    @Test
    void whatMakesNoSenseIsRefusedWithTheReason() {
        assertThat(refusal("s3", "s1"))
                .startsWith("Node s3 has no replica of shard notes-0; its replicas are on s1, s2");
        assertThat(refusal("s1", "s2")).startsWith("Node s2 has a replica of shard notes-0 already");
        assertThat(refusal("s1", "s9")).isEqualTo("There is no node s9");
        assertThat(refusal("s1", "i1")).isEqualTo("Node i1 is no storage node");
        assertThat(refusal("", "")).isEqualTo("from_node and to_node are both missing");
        assertThat(apply(start("none", "s1", "", "")).getError().getCode()).isEqualTo("SHARD_NOT_FOUND");
        assertThat(state.tasks()).isEmpty();
    }

    @Test
    void theEndOfAMoveAndTheNewShardMapAreOneEntry() {
        Task task = started();
        apply(MetadataCommand.newBuilder()
                .setAdvanceTask(AdvanceTask.newBuilder()
                        .setId(task.getId())
                        .setPhase("copying")
                        .setBytesDone(5)
                        .setBytesTotal(10)));
        assertThat(state.task(task.getId()).orElseThrow().getPhase()).isEqualTo("copying");
        long epoch = shard().getEpoch();
        apply(MetadataCommand.newBuilder()
                .setEndTask(end(task, Task.State.SUCCEEDED).setMembers(members(1, "s2", "s3"))));
        assertThat(state.task(task.getId()).orElseThrow().getState()).isEqualTo(Task.State.SUCCEEDED);
        assertThat(shard().getStorageNodesList()).containsExactly("s2", "s3");
        assertThat(shard().getStorageDisksList()).containsExactly("disk of s2", "disk of s3");
        assertThat(shard().getEpoch()).isEqualTo(epoch + 1);
    }

    @Test
    void nothingMovesATaskThatHasEnded() {
        Task task = started();
        apply(MetadataCommand.newBuilder().setEndTask(end(task, Task.State.CANCELLED)));
        MetadataState before = state;
        apply(MetadataCommand.newBuilder()
                .setEndTask(end(task, Task.State.SUCCEEDED).setMembers(members(1, "s2", "s3"))));
        apply(MetadataCommand.newBuilder()
                .setAdvanceTask(AdvanceTask.newBuilder().setId(task.getId()).setPhase("late")));
        assertThat(state).isEqualTo(before);
        assertThat(control(task, Task.Wish.PAUSE).getError().getCode()).isEqualTo("OPERATION_CONFLICT");
        assertThat(control(task, Task.Wish.CANCEL).hasError()).isFalse();
    }

    private MetadataResult control(Task task, Task.Wish wish) {
        return apply(MetadataCommand.newBuilder()
                .setControlTask(
                        ControlTaskRequest.newBuilder().setId(task.getId()).setWish(wish)));
    }

    @Test
    void aTaskThatIsBeingCancelledGoesOnWithThat() {
        Task task = started();
        assertThat(control(task, Task.Wish.PAUSE).getControlTask().getTask().getWish())
                .isEqualTo(Task.Wish.PAUSE);
        control(task, Task.Wish.CANCEL);
        assertThat(control(task, Task.Wish.RUN).getControlTask().getTask().getWish())
                .isEqualTo(Task.Wish.CANCEL);
    }

    @Test
    void theTasksOfAShardThatIsGoneOrRecoveredByForceAreOver() {
        Task moving = started();
        apply(MetadataCommand.newBuilder()
                .setSucceedShard(SucceedShardRequest.newBuilder()
                        .setUid(shard)
                        .setIfIncarnation(1)
                        .setNode("s2")));
        assertThat(state.task(moving.getId()).orElseThrow().getState()).isEqualTo(Task.State.CANCELLED);
        Task adding = apply(start(shard, "", "s3", "")).getStartTask().getTask();
        apply(MetadataCommand.newBuilder()
                .setDeleteCollection(DeleteCollectionRequest.newBuilder().setName("notes")));
        assertThat(state.task(adding.getId()).orElseThrow().getError().getMessage())
                .isEqualTo("The collection was deleted");
    }

    @Test
    void membersOfAnEarlierIncarnationChangeNothing() {
        Task task = started();
        apply(MetadataCommand.newBuilder()
                .setEndTask(end(task, Task.State.SUCCEEDED).setMembers(members(7, "s2", "s3"))));
        assertThat(shard().getStorageNodesList()).containsExactly("s1", "s2");
    }

    @Test
    void whatIsStoredMakesTheSameState() throws Exception {
        Task task = started();
        apply(MetadataCommand.newBuilder().setEndTask(end(task, Task.State.CANCELLED)));
        started();
        assertThat(MetadataState.load(rows)).isEqualTo(state);
        assertThat(state.toClusterState().getTasksCount()).isEqualTo(1);
    }

    @Test
    void onlyTheNewestOfThoseThatEndedAreKept() {
        for (int i = 0; i < TaskRules.KEPT + 5; i++) {
            Task task = apply(start(shard, "s1", "s3", "")).getStartTask().getTask();
            apply(MetadataCommand.newBuilder().setEndTask(end(task, Task.State.CANCELLED)));
        }
        Task last = apply(start(shard, "s1", "s3", "")).getStartTask().getTask();
        assertThat(state.tasks()).hasSize(TaskRules.KEPT + 1);
        assertThat(state.task(last.getId())).isPresent();
        assertThat(rows.keySet().stream().filter(key -> key.startsWith("task/")))
                .hasSize(TaskRules.KEPT + 1);
    }

    private MetadataResult drain(String node, boolean decommission) {
        return apply(MetadataCommand.newBuilder()
                .setStartTask(StartTask.newBuilder()
                        .setRequest(StartTaskRequest.newBuilder()
                                .setDrainNode(
                                        DrainNode.newBuilder().setNode(node).setDecommission(decommission)))));
    }

    private Node node(String id) {
        return Objects.requireNonNull(state.nodes().get(id));
    }

    @Test
    void aNodeThatIsDrainedGetsNothingNewUntilThatIsUndone() {
        Task drain = drain("s3", false).getStartTask().getTask();
        assertThat(node("s3").getState()).isEqualTo(Node.State.DRAINING);
        assertThat(node("s3").getDrained()).isTrue();
        apply(MetadataCommand.newBuilder()
                .setCreateCollection(CreateCollection.newBuilder()
                        .setRequest(CreateCollectionRequest.newBuilder().setCollection(collection("more", 1, 2)))
                        .setUid("uid2")));
        assertThat(state.collection("more").orElseThrow().getShards(0).getStorageNodesList())
                .containsExactlyInAnyOrder("s1", "s2");
        assertThat(drain("s3", true).getError().getMessage())
                .isEqualTo("Operation " + drain.getId() + " works on node s3: wait for its end, or cancel it");
        apply(MetadataCommand.newBuilder()
                .setRegisterNode(RegisterNodeRequest.newBuilder().setNode(storage("s3"))));
        assertThat(node("s3").getDrained())
                .as("after it has said that it is here")
                .isTrue();
        apply(MetadataCommand.newBuilder()
                .setUndrainNode(UndrainNodeRequest.newBuilder().setNode("s3")));
        assertThat(node("s3").getState()).isEqualTo(Node.State.UP);
        assertThat(node("s3").getDrained()).isFalse();
        assertThat(state.task(drain.getId()).orElseThrow().getState()).isEqualTo(Task.State.CANCELLED);
    }

    @Test
    void aDrainThatIsCancelledIsUndoneAndOneThatEndsWellStays() {
        Task cancelled = drain("s3", false).getStartTask().getTask();
        apply(MetadataCommand.newBuilder().setEndTask(end(cancelled, Task.State.CANCELLED)));
        assertThat(node("s3").getState()).isEqualTo(Node.State.UP);
        Task done = drain("s3", false).getStartTask().getTask();
        apply(MetadataCommand.newBuilder().setEndTask(end(done, Task.State.SUCCEEDED)));
        assertThat(node("s3").getState()).isEqualTo(Node.State.DRAINING);
    }

    @Test
    void aNodeThatIsLetGoDoesNotComeBack() {
        Task done = drain("s3", true).getStartTask().getTask();
        apply(MetadataCommand.newBuilder().setEndTask(end(done, Task.State.SUCCEEDED)));
        assertThat(node("s3").getState()).isEqualTo(Node.State.DECOMMISSIONED);
        assertThat(drain("s3", false).getError().getMessage()).contains("decommissioned already");
        assertThat(apply(MetadataCommand.newBuilder()
                                .setUndrainNode(UndrainNodeRequest.newBuilder().setNode("s3")))
                        .getError()
                        .getMessage())
                .contains("cannot come back");
    }

    @Test
    void anIndexNodeIsAssignedByItsTaskOnly() {
        apply(MetadataCommand.newBuilder()
                .setRegisterNode(RegisterNodeRequest.newBuilder().setNode(index("i2"))));
        apply(MetadataCommand.newBuilder()
                .setRegisterNode(RegisterNodeRequest.newBuilder().setNode(index("i3"))));
        assertThat(shard().getIndexNodesList()).containsExactly("i1", "i2");
        Task task = apply(MetadataCommand.newBuilder()
                        .setStartTask(StartTask.newBuilder()
                                .setRequest(StartTaskRequest.newBuilder()
                                        .setChangeIndexNodes(ChangeIndexNodes.newBuilder()
                                                .setShard(shard)
                                                .setFromNode("i1")
                                                .setToNode("i3")))))
                .getStartTask()
                .getTask();
        AssignIndexNodes.Builder both = AssignIndexNodes.newBuilder()
                .setShard(shard)
                .addAllNodes(List.of("i1", "i2", "i3"))
                .addAllIfNodes(List.of("i1", "i2"));
        long epoch = shard().getEpoch();
        apply(MetadataCommand.newBuilder().setAssignIndexNodes(both.clone().setTask("task-1")));
        assertThat(shard().getEpoch()).isEqualTo(epoch);
        apply(MetadataCommand.newBuilder().setAssignIndexNodes(both.setTask(task.getId())));
        assertThat(shard().getIndexNodesList()).containsExactly("i1", "i2", "i3");
        assertThat(shard().getEpoch()).isEqualTo(epoch + 1);
        apply(MetadataCommand.newBuilder()
                .setAssignIndexNodes(both.clone().clearNodes().addNodes("i3")));
        assertThat(shard().getIndexNodesList())
                .as("what was computed from others is not done")
                .containsExactly("i1", "i2", "i3");
        apply(MetadataCommand.newBuilder()
                .setAssignIndexNodes(
                        both.clone().clearNodes().clearIfNodes().addAllIfNodes(List.of("i1", "i2", "i3"))));
        assertThat(shard().getIndexNodesList()).as("never nobody").hasSize(3);
        assertThat(apply(start(shard, "s1", "s3", "")).getStartTask().getTask().getId())
                .as("replicas and indexes of a shard can change at the same time")
                .isNotEmpty();
    }

    @Test
    void howManyReplicasACollectionHasIsChangedWithinWhatThereIs() {
        UpdateCollectionRequest.Builder request =
                UpdateCollectionRequest.newBuilder().setUid("uid");
        assertThat(apply(MetadataCommand.newBuilder()
                                .setUpdateCollection(request.clone().setReplicas(4)))
                        .getError()
                        .getMessage())
                .startsWith("4 replicas need 4 storage nodes, 3 of 3 are up");
        apply(MetadataCommand.newBuilder()
                .setUpdateCollection(request.clone().setReplicas(3).setDryRun(true)));
        assertThat(settings().getReplicas()).isEqualTo(2);
        apply(MetadataCommand.newBuilder().setUpdateCollection(request.clone().setReplicas(3)));
        assertThat(settings().getReplicas()).isEqualTo(3);
        assertThat(shard().getStorageNodesList()).as("is followed by tasks").containsExactly("s1", "s2");
    }

    @Test
    void aNodeIsNotLetGoWhileSomethingIsOnItsWayToIt() {
        Task move = started();
        Task drain = drain("s3", true).getStartTask().getTask();
        apply(MetadataCommand.newBuilder().setEndTask(end(drain, Task.State.SUCCEEDED)));
        assertThat(state.task(drain.getId()).orElseThrow().hasEndTime()).isFalse();
        assertThat(node("s3").getState()).isEqualTo(Node.State.DRAINING);
        apply(MetadataCommand.newBuilder().setEndTask(end(move, Task.State.CANCELLED)));
        assertThat(refusal("s1", "s3")).isEqualTo("Node s3 takes nothing: it is to be emptied");
        apply(MetadataCommand.newBuilder().setEndTask(end(drain, Task.State.SUCCEEDED)));
        assertThat(node("s3").getState()).isEqualTo(Node.State.DECOMMISSIONED);
    }

    @Test
    void valuesOfLaterProgramsAreRefusedAndStopNobody() {
        assertThat(apply(MetadataCommand.newBuilder()
                                .setUpdateCollection(UpdateCollectionRequest.newBuilder()
                                        .setUid("uid")
                                        .setDefaultConsistencyValue(77)))
                        .getError()
                        .getMessage())
                .contains("no consistency level 77");
        Task move = started();
        assertThat(apply(MetadataCommand.newBuilder()
                                .setControlTask(ControlTaskRequest.newBuilder()
                                        .setId(move.getId())
                                        .setWishValue(77)))
                        .getError()
                        .getCode())
                .isEqualTo("INVALID_VALUE");
        apply(MetadataCommand.newBuilder()
                .setRegisterNode(RegisterNodeRequest.newBuilder()
                        .setNode(storage("s4").toBuilder()
                                .addDisks(NodeDisk.newBuilder()
                                        .setId("d")
                                        .setTotalBytes(-1)
                                        .setFreeBytes(-1)))));
        assertThat(apply(MetadataCommand.newBuilder()
                                .setUpdateCollection(UpdateCollectionRequest.newBuilder()
                                        .setUid("uid")
                                        .setReplicas(3)))
                        .hasError())
                .isFalse();
    }

    private CollectionSettings settings() {
        return state.collection("notes").orElseThrow().getCollection().getSettings();
    }
}
