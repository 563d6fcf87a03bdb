package io.vectordb.metadata.placement;

import static io.vectordb.metadata.placement.PlacementPlannerTest.node;
import static io.vectordb.metadata.placement.PlacementPlannerTest.shard;
import static io.vectordb.metadata.placement.PlacementPlannerTest.up;
import static io.vectordb.metadata.placement.RandomClusters.GB;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.common.ErrorCode;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What cannot be done is refused with the reason. */
final class FeasibilityTest {

    private static Feasibility of(List<StorageNode> nodes, Shard... shards) {
        return new Feasibility(ClusterModel.of(nodes, List.of(shards)), PlanRules.DEFAULT);
    }

    private static void assertRefused(Optional<Refusal> refusal, ErrorCode code, String part) {
        assertThat(refusal).hasValueSatisfying(each -> {
            assertThat(each.code()).isEqualTo(code);
            assertThat(each.message()).contains(part);
            assertThat(each.toException().code()).isEqualTo(code);
        });
    }

    @Test
    void aReplicationFactorNeedsAsManyNodes() {
        Feasibility cluster = of(List.of(up("a"), up("b"), node("c", "", NodeState.DOWN)));
        assertThat(cluster.replicationFactor(2)).isEmpty();
        assertRefused(
                cluster.replicationFactor(3),
                ErrorCode.LIMIT_EXCEEDED,
                "3 replicas need 3 storage nodes, 2 of 3 are up");
        assertRefused(cluster.replicationFactor(0), ErrorCode.INVALID_VALUE, "received 0");
    }

    @Test
    void aMoveNeedsAShardASourceAndATarget() {
        Feasibility cluster =
                of(List.of(up("a"), up("b"), up("c"), node("d", "", NodeState.SUSPECT)), shard("s", 1, "a", "b"));
        assertThat(cluster.move("s", "a", "c")).isEmpty();
        assertRefused(cluster.move("x", "a", "c"), ErrorCode.SHARD_NOT_FOUND, "no shard x");
        assertRefused(cluster.move("s", "c", "d"), ErrorCode.NODE_NOT_FOUND, "Node c has no replica of shard s");
        assertRefused(cluster.move("s", "a", "x"), ErrorCode.NODE_NOT_FOUND, "no storage node x");
        assertRefused(cluster.move("s", "a", "b"), ErrorCode.OPERATION_CONFLICT, "has a replica of shard s already");
        assertRefused(cluster.move("s", "a", "d"), ErrorCode.OPERATION_CONFLICT, "is SUSPECT");
    }

    @Test
    void aMoveNeedsRoomZonesAndAMajority() {
        List<StorageNode> nodes = List.of(
                node("a", "1", NodeState.UP),
                node("b", "2", NodeState.UP),
                node("c", "2", NodeState.UP),
                node("x", "1", NodeState.DOWN),
                new StorageNode("small", "1", NodeState.UP, List.of(RandomClusters.disk("d", 10 * GB, 9 * GB))));
        Feasibility cluster = of(nodes, shard("s", 20, "a", "b"), shard("t", 1, "x", "a"));
        assertRefused(cluster.move("s", "a", "small"), ErrorCode.DISK_FULL, "room for shard s of 20 GB");
        assertRefused(cluster.move("s", "a", "c"), ErrorCode.OPERATION_CONFLICT, "Zone 2 has 1 replicas of shard s");
        assertRefused(cluster.move("t", "a", "c"), ErrorCode.OPERATION_CONFLICT, "1 of 2 are alive");
    }

    @Test
    void aShardThatIsWorkedOnIsLeftAlone() {
        ClusterModel model = new ClusterModel(
                List.of(up("a"), up("b"), up("c")),
                List.of(shard("s", 1, "a")),
                List.of(new Transfer("s", "a", new Replica("b", "d"), Cause.BYTES)),
                List.of(),
                List.of());
        Feasibility cluster = new Feasibility(model, PlanRules.DEFAULT);
        assertRefused(cluster.change("s"), ErrorCode.OPERATION_CONFLICT, "Another task works on shard s");
        assertRefused(cluster.move("s", "a", "c"), ErrorCode.OPERATION_CONFLICT, "Another task works on shard s");
        assertRefused(cluster.transferLeadership("s", "a"), ErrorCode.OPERATION_CONFLICT, "Another task");
    }

    @Test
    void aLeadershipGoesToAReplicaThatIsAlive() {
        Feasibility cluster = of(List.of(up("a"), node("b", "", NodeState.DOWN), up("c")), shard("s", 1, "a", "b"));
        assertRefused(cluster.transferLeadership("s", "b"), ErrorCode.OPERATION_CONFLICT, "is not alive");
        assertRefused(cluster.transferLeadership("s", "c"), ErrorCode.NODE_NOT_FOUND, "has no replica");
        assertThat(cluster.transferLeadership("s", "a")).isEmpty();
    }

    @Test
    void aDrainNeedsOtherNodesForAllReplicas() {
        assertThat(of(List.of(up("a"), up("b"), up("c")), shard("s", 1, "a", "b"))
                        .drain("a"))
                .isEmpty();
        assertRefused(
                of(List.of(up("a"), up("b")), shard("s", 1, "a", "b")).drain("a"),
                ErrorCode.OPERATION_CONFLICT,
                "there is no further storage node that is up");
        assertRefused(of(List.of()).drain("x"), ErrorCode.NODE_NOT_FOUND, "no storage or index node x");
        assertRefused(
                of(List.of(up("a"), up("b"), node("c", "", NodeState.DOWN)), shard("s", 1, "a", "c"))
                        .drain("a"),
                ErrorCode.OPERATION_CONFLICT,
                "would break shard s: 1 of its 2 replicas are alive");
        assertRefused(of(List.of(node("a", "", NodeState.DEAD))).drain("a"), ErrorCode.OPERATION_CONFLICT, "is DEAD");
    }

    @Test
    void aDrainNeedsRoomForAllTogether() {
        List<StorageNode> nodes = List.of(
                up("a"), new StorageNode("b", "", NodeState.UP, List.of(RandomClusters.disk("d", 100 * GB, 90 * GB))));
        assertThat(of(nodes, shard("s", 50, "a")).drain("a")).isEmpty();
        assertRefused(
                of(nodes, shard("s", 50, "a"), shard("t", 50, "a")).drain("a"),
                ErrorCode.DISK_FULL,
                "Of 2 replicas of 100 GB on node a 1 have no other place");
    }

    @Test
    void anIndexNodeIsDrainedWhereOthersHaveMemory() {
        List<IndexAssignment> assignments = List.of(new IndexAssignment("s", 1, List.of("i"), 50 * GB, false));
        IndexNode large = new IndexNode("i", "", NodeState.UP, 100 * GB);
        ClusterModel fits = new ClusterModel(
                List.of(),
                List.of(),
                List.of(),
                List.of(large, new IndexNode("j", "", NodeState.UP, 60 * GB)),
                assignments);
        assertThat(new Feasibility(fits, PlanRules.DEFAULT).drain("i")).isEmpty();
        ClusterModel fitsNot = new ClusterModel(
                List.of(),
                List.of(),
                List.of(),
                List.of(large, new IndexNode("j", "", NodeState.UP, 40 * GB)),
                assignments);
        assertRefused(new Feasibility(fitsNot, PlanRules.DEFAULT).drain("i"), ErrorCode.MEMORY_LIMIT, "none has room");
    }
}
