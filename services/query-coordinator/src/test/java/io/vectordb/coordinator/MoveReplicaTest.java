package io.vectordb.coordinator;

import static io.vectordb.coordinator.Requests.upsert;
import static io.vectordb.coordinator.Requests.write;
import static io.vectordb.coordinator.TestDatabase.await;
import static io.vectordb.coordinator.TestDatabase.failure;
import static io.vectordb.coordinator.TestReplicas.FIRST;
import static io.vectordb.coordinator.TestReplicas.SECOND;
import static io.vectordb.coordinator.TestReplicas.THIRD;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.v1.CancelOperationRequest;
import io.vectordb.v1.GetOperationRequest;
import io.vectordb.v1.ListOperationsRequest;
import io.vectordb.v1.ListShardsRequest;
import io.vectordb.v1.MoveReplicaRequest;
import io.vectordb.v1.Operation;
import io.vectordb.v1.PauseOperationRequest;
import io.vectordb.v1.Replica;
import io.vectordb.v1.ResumeOperationRequest;
import io.vectordb.v1.Shard;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Replicas go from node to node while their shards are written and read. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MoveReplicaTest {

    private static final String FOURTH = "storage-4";

    private TestReplicas replicas;
    private TestDatabase database;

    @BeforeAll
    void start(@TempDir Path folder) {
        replicas = new TestReplicas(folder);
        database = replicas.database;
    }

    @AfterAll
    void stop() {
        replicas.close();
    }

    private Shard shard(String collection) {
        return database.cluster()
                .listShards(ListShardsRequest.newBuilder()
                        .setShard(collection + "-0")
                        .build())
                .getShards(0);
    }

    private Set<String> nodes(String collection) {
        return new TreeSet<>(shard(collection).getReplicasList().stream()
                .map(Replica::getNode)
                .toList());
    }

    /** What a node had to give up is gone soon after. */
    private void awaitNodes(String collection, Set<String> expected) {
        await(() -> nodes(collection).equals(expected));
    }

    private Operation move(String collection, String from, String to) {
        return database.cluster()
                .moveReplica(MoveReplicaRequest.newBuilder()
                        .setShard(collection + "-0")
                        .setFromNode(from)
                        .setToNode(to)
                        .build());
    }

    private Operation operation(String id) {
        return database.operations()
                .getOperation(GetOperationRequest.newBuilder().setOperation(id).build());
    }

    private Operation end(Operation operation) {
        await(() -> operation(operation.getId()).hasEndTime());
        return operation(operation.getId());
    }

    private void awaitLeader(String collection) {
        await(() -> !shard(collection).getLeader().isEmpty());
    }

    @Test
    void aReplicaMovesUnderLoadAndNoWriteIsLostOrRefused() {
        String collection = database.collection(1);
        replicas.startAnother(FOURTH);
        awaitLeader(collection);
        try (TestLoad load = new TestLoad(database, collection)) {
            // The leader, and whoever leads then, so that every member has gone once.
            for (String next : List.of(FOURTH, FIRST, SECOND, THIRD)) {
                awaitLeader(collection);
                Shard before = shard(collection);
                Set<String> nodes = nodes(collection);
                String to = nodes.contains(next) ? missing(nodes) : next;
                Operation ended = end(move(collection, before.getLeader(), to));
                assertThat(ended.getState()).as(ended.toString()).isEqualTo(Operation.State.SUCCEEDED);
                assertThat(ended.getKind()).isEqualTo("move_replica");
                Set<String> expected = new TreeSet<>(nodes);
                expected.remove(before.getLeader());
                expected.add(to);
                awaitNodes(collection, expected);
                assertThat(shard(collection).getEpoch()).isGreaterThan(before.getEpoch());
            }
            load.check();
        }
        await(() -> shard(collection).getReplicasList().stream()
                .allMatch(replica -> Set.of("leader", "follower").contains(replica.getRole())));
    }

    private static String missing(Set<String> nodes) {
        Set<String> all = new TreeSet<>(Set.of(FIRST, SECOND, THIRD, FOURTH));
        all.removeAll(nodes);
        return all.iterator().next();
    }

    @Test
    void aShardGetsOneReplicaLessAndOneMore() {
        String collection = database.collection(1);
        awaitLeader(collection);
        String leader = shard(collection).getLeader();
        Set<String> all = nodes(collection);
        try (TestLoad load = new TestLoad(database, collection)) {
            Operation less = end(move(collection, leader, ""));
            assertThat(less.getState()).as(less.toString()).isEqualTo(Operation.State.SUCCEEDED);
            assertThat(less.getKind()).isEqualTo("remove_replica");
            Set<String> left = new TreeSet<>(all);
            left.remove(leader);
            awaitNodes(collection, left);
            Operation more = end(move(collection, "", leader));
            assertThat(more.getState()).as(more.toString()).isEqualTo(Operation.State.SUCCEEDED);
            assertThat(more.getKind()).isEqualTo("add_replica");
            awaitNodes(collection, all);
            load.check();
        }
    }

    @Test
    void theOnlyReplicaOfAShardMoves() {
        String collection = database.collection(1);
        awaitLeader(collection);
        String stays = nodes(collection).iterator().next();
        for (String node : nodes(collection)) {
            if (!node.equals(stays)) {
                end(move(collection, node, ""));
            }
        }
        awaitNodes(collection, Set.of(stays));
        assertThat(failure(() -> move(collection, stays, "")).getMessage()).contains("give it one first");
        String to = stays.equals(FIRST) ? SECOND : FIRST;
        try (TestLoad load = new TestLoad(database, collection)) {
            assertThat(end(move(collection, stays, to)).getState()).isEqualTo(Operation.State.SUCCEEDED);
            awaitNodes(collection, Set.of(to));
            load.check();
        }
    }

    @Test
    void aMoveToANodeThatIsAwayWaitsAndIsPausedAndCancelled() {
        String collection = database.collection(1);
        awaitLeader(collection);
        String away = "storage-5";
        replicas.startAnother(away);
        replicas.stop(away);
        database.records().write(write(collection, upsert("id", "a", "n", 1, "v", new float[] {1, 0, 0})));
        Set<String> before = nodes(collection);
        String from = before.iterator().next();
        Operation begun = move(collection, from, away);
        await(() -> operation(begun.getId()).getProgress().getPhase().contains(": "));
        assertThat(operation(begun.getId()).getState()).isEqualTo(Operation.State.RUNNING);
        VectorDbException busy = failure(() -> move(collection, from, away));
        assertThat(busy.code()).isEqualTo(ErrorCode.OPERATION_CONFLICT);
        assertThat(busy.metadata()).containsEntry("operation", begun.getId());
        assertThat(database.operations()
                        .listOperations(ListOperationsRequest.newBuilder()
                                .setActiveOnly(true)
                                .build())
                        .getOperationsList())
                .extracting(Operation::getId)
                .contains(begun.getId());
        database.operations()
                .pauseOperation(PauseOperationRequest.newBuilder()
                        .setOperation(begun.getId())
                        .build());
        assertThat(operation(begun.getId()).getState()).isEqualTo(Operation.State.PAUSED);
        database.operations()
                .resumeOperation(ResumeOperationRequest.newBuilder()
                        .setOperation(begun.getId())
                        .build());
        database.operations()
                .cancelOperation(CancelOperationRequest.newBuilder()
                        .setOperation(begun.getId())
                        .build());
        assertThat(end(begun).getState()).isEqualTo(Operation.State.CANCELLED);
        awaitNodes(collection, before);
        replicas.start(away);
    }

    @Test
    void aReplicaIsNotTakenAwayWhileTheOthersWouldBeNoMajority() {
        String collection = database.collection(1);
        awaitLeader(collection);
        Set<String> before = nodes(collection);
        String away = before.stream()
                .filter(node ->
                        !node.equals(FIRST) && !node.equals(shard(collection).getLeader()))
                .findFirst()
                .orElseThrow();
        String other =
                before.stream().filter(node -> !node.equals(away)).findFirst().orElseThrow();
        replicas.stop(away);
        Operation begun = move(collection, other, "");
        await(() -> operation(begun.getId()).getProgress().getPhase().contains("no majority would be left: " + away));
        database.records().write(write(collection, upsert("id", "a", "n", 1, "v", new float[] {1, 0, 0})));
        replicas.start(away);
        assertThat(end(begun).getState()).isEqualTo(Operation.State.SUCCEEDED);
        Set<String> left = new TreeSet<>(before);
        left.remove(other);
        awaitNodes(collection, left);
    }

    @Test
    void whatCannotBeDoneIsRefusedWithTheReason() {
        String collection = database.collection(1);
        String member = nodes(collection).iterator().next();
        assertThat(failure(() -> move(collection, member, "none")).code()).isEqualTo(ErrorCode.NODE_NOT_FOUND);
        assertThat(failure(() -> move(collection, member, "index-1")).code()).isEqualTo(ErrorCode.INVALID_VALUE);
        assertThat(failure(() -> move(collection, "none", "")).getMessage()).contains("its replicas are on");
        assertThat(failure(() -> move(collection, "", member)).getMessage()).contains("already");
        assertThat(failure(() -> move(collection, "", "")).code()).isEqualTo(ErrorCode.MISSING_MEMBER);
        assertThat(failure(() -> move("nothing", member, "")).code()).isEqualTo(ErrorCode.SHARD_NOT_FOUND);
        assertThat(failure(() -> database.operations()
                                .pauseOperation(PauseOperationRequest.newBuilder()
                                        .setOperation("task-1000000")
                                        .build()))
                        .code())
                .isEqualTo(ErrorCode.OPERATION_NOT_FOUND);
    }
}
