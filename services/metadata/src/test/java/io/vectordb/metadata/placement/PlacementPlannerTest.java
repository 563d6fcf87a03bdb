package io.vectordb.metadata.placement;

import static io.vectordb.metadata.placement.RandomClusters.GB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.vectordb.metadata.placement.PlannedStep.AddReplica;
import io.vectordb.metadata.placement.PlannedStep.AssignIndexNode;
import io.vectordb.metadata.placement.PlannedStep.DropIndexNode;
import io.vectordb.metadata.placement.PlannedStep.MoveIndexNode;
import io.vectordb.metadata.placement.PlannedStep.MoveReplica;
import io.vectordb.metadata.placement.PlannedStep.RemoveReplica;
import io.vectordb.metadata.placement.PlannedStep.ReplaceReplica;
import io.vectordb.metadata.placement.PlannedStep.TransferLeadership;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One decision after another, on clusters small enough to be read. */
final class PlacementPlannerTest {

    private static Plan plan(ClusterModel model) {
        return new PlacementPlanner(PlanRules.DEFAULT, PlanLimits.NONE).plan(model);
    }

    private static Plan plan(List<StorageNode> nodes, Shard... shards) {
        return plan(ClusterModel.of(nodes, List.of(shards)));
    }

    static StorageNode node(String id, String zone, NodeState state) {
        return new StorageNode(id, zone, state, List.of(RandomClusters.disk("d", 1_000 * GB, 900 * GB)));
    }

    static StorageNode up(String id) {
        return node(id, "", NodeState.UP);
    }

    static Shard shard(String uid, long gigabytes, String... nodes) {
        return new Shard(
                uid,
                nodes.length,
                Arrays.stream(nodes).map(node -> new Replica(node, "d")).toList(),
                nodes[0],
                gigabytes * GB,
                0,
                false);
    }

    private static Shard wanting(int replicas, Shard shard) {
        return new Shard(
                shard.uid(), replicas, shard.replicas(), shard.leader(), shard.bytes(), shard.load(), shard.isBusy());
    }

    @Test
    void theReplicaOfADeadNodeIsMadeAnewWithTheReason() {
        List<StorageNode> nodes = List.of(up("a"), up("b"), node("c", "", NodeState.DEAD), up("d"));
        assertThat(plan(nodes, shard("s", 5, "a", "b", "c")).steps())
                .containsExactly(new ReplaceReplica(
                        "s",
                        new Replica("c", "d"),
                        new Replica("d", "d"),
                        5 * GB,
                        "its replica on c is lost, the node is DEAD; 2 of 3 are alive"));
    }

    @Test
    void aNodeThatIsDownIsWaitedFor() {
        List<StorageNode> nodes = List.of(up("a"), up("b"), node("c", "", NodeState.DOWN), up("d"));
        assertThat(plan(nodes, shard("s", 5, "a", "b", "c")).steps()).isEmpty();
    }

    @Test
    void aReplicaOnADiskThatIsGoneIsLostAndGoesToAnotherNode() {
        List<StorageNode> nodes = List.of(
                up("a"),
                up("b"),
                new StorageNode("c", "", NodeState.UP, List.of(RandomClusters.disk("other", 1_000 * GB, 900 * GB))),
                up("d"));
        assertThat(plan(nodes, shard("s", 5, "a", "b", "c")).steps())
                .singleElement()
                .isInstanceOfSatisfying(ReplaceReplica.class, step -> {
                    assertThat(step.target().node()).isEqualTo("d");
                    assertThat(step.reason()).contains("c is on disk d, which is gone");
                });
    }

    @Test
    void theShardThatCanBearLeastComesFirst() {
        List<StorageNode> nodes =
                new ArrayList<>(List.of(node("x", "", NodeState.DEAD), node("y", "", NodeState.DOWN)));
        List.of("a", "b", "c", "d", "e", "f").forEach(id -> nodes.add(up(id)));
        Plan plan = plan(
                nodes,
                shard("aa", 1, "a", "b", "x"),
                shard("zz", 9, "a", "b", "c", "x", "y"),
                shard("mm", 9, "a", "b", "c", "d", "x"));
        assertThat(plan.steps().stream()
                        .filter(ReplaceReplica.class::isInstance)
                        .map(PlannedStep::shard))
                .containsExactly("aa", "zz", "mm");
    }

    @Test
    void aShardWithoutAMajorityIsLeftToThePersonInCharge() {
        List<StorageNode> nodes =
                new ArrayList<>(List.of(node("x", "", NodeState.DEAD), node("y", "", NodeState.DEAD)));
        List.of("a", "b", "c", "d", "e").forEach(id -> nodes.add(up(id)));
        Plan plan = plan(nodes, shard("s", 1, "a", "x", "y"));
        assertThat(plan.steps()).isEmpty();
        assertThat(plan.obstacles())
                .singleElement()
                .satisfies(obstacle -> assertThat(obstacle.reason()).contains("1 of 3 replicas are alive"));
    }

    @Test
    void nothingIsReplacedWhenMoreThanAThirdVanished() {
        List<StorageNode> nodes =
                List.of(up("a"), up("b"), up("c"), node("x", "", NodeState.DEAD), node("y", "", NodeState.DOWN));
        Plan plan = plan(nodes, shard("s", 1, "a", "b", "x"));
        assertThat(plan.steps()).isEmpty();
        assertThat(plan.obstacles())
                .extracting(Plan.Obstacle::reason)
                .containsExactly("2 of 5 storage nodes are silent, which is more than 33 %: nothing is moved, since it"
                        + " may be the network");
    }

    @Test
    void replicasFollowTheReplicationFactorUpAndDown() {
        List<StorageNode> nodes =
                List.of(node("a", "1", NodeState.UP), node("b", "2", NodeState.UP), node("c", "2", NodeState.UP));
        assertThat(plan(nodes, wanting(2, shard("s", 1, "b"))).steps())
                .singleElement()
                .isInstanceOfSatisfying(
                        AddReplica.class,
                        step -> assertThat(step.target().node()).isEqualTo("a"));
        assertThat(plan(nodes, wanting(2, shard("s", 1, "b", "a", "c"))).steps())
                .singleElement()
                .isInstanceOfSatisfying(
                        RemoveReplica.class,
                        step -> assertThat(step.replica().node()).isEqualTo("c"));
        assertThat(plan(nodes, wanting(5, shard("s", 1, "a", "b", "c"))).obstacles())
                .extracting(Plan.Obstacle::reason)
                .containsExactly("has 3 of 5 wanted: there is no further storage node that is up");
    }

    @Test
    void aNodeThatIsDrainedIsEmptied() {
        List<StorageNode> nodes = List.of(node("a", "", NodeState.DRAINING), up("b"), up("c"));
        assertThat(plan(nodes, shard("s", 2, "a", "b"), shard("t", 3, "a", "c")).steps())
                .filteredOn(step -> step.cause() == Cause.DRAIN)
                .extracting(PlannedStep::shard, PlannedStep::reason)
                .containsExactly(tuple("t", "node a is drained"), tuple("s", "node a is drained"));
    }

    @Test
    void aFullDiskIsRelievedOfTheSmallestReplicaThatIsEnough() {
        List<StorageNode> nodes = List.of(
                new StorageNode("a", "", NodeState.UP, List.of(RandomClusters.disk("d", 100 * GB, 8 * GB))), up("b"));
        Plan plan = plan(nodes, shard("s", 5, "a"), shard("t", 9, "a"), shard("u", 30, "a"));
        assertThat(plan.steps().getFirst())
                .isEqualTo(new MoveReplica(
                        "t",
                        new Replica("a", "d"),
                        new Replica("b", "d"),
                        Cause.DISK,
                        9 * GB,
                        "disk d of a is 92 % full, 85 % is wanted"));
    }

    @Test
    void replicasSpreadOverZonesOnceThereAreSome() {
        List<StorageNode> nodes = List.of(
                node("a", "1", NodeState.UP),
                node("b", "1", NodeState.UP),
                node("c", "1", NodeState.UP),
                node("d", "2", NodeState.UP));
        assertThat(plan(nodes, shard("s", 1, "a", "b", "c")).steps().getFirst())
                .isInstanceOfSatisfying(MoveReplica.class, step -> {
                    assertThat(step.cause()).isEqualTo(Cause.ZONE);
                    assertThat(step.target().node()).isEqualTo("d");
                    assertThat(step.reason()).isEqualTo("zone 1 has 3 of 3, zone 2 has 0");
                });
    }

    @Test
    void aNewNodeGetsItsShareAndNoMore() {
        List<StorageNode> nodes = List.of(up("a"), up("b"), up("c"));
        List<Shard> shards = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            shards.add(shard("s" + i, 10, i % 2 == 0 ? "a" : "b"));
        }
        Plan plan = plan(ClusterModel.of(nodes, shards));
        assertThat(plan.steps())
                .hasSize(4)
                .allSatisfy(step -> assertThat(step)
                        .isInstanceOfSatisfying(
                                MoveReplica.class,
                                move -> assertThat(move.target().node()).isEqualTo("c")));
        assertThat(plan.before().mostBytes()).isCloseTo(1.5, within(1e-9));
        assertThat(plan.after().mostBytes()).isCloseTo(1, within(1e-9));
        assertThat(plan.after().leastBytes()).isCloseTo(1, within(1e-9));
    }

    @Test
    void aHotNodeGivesUpLoadAndBytesStayEven() {
        List<StorageNode> nodes = List.of(up("a"), up("b"));
        List<Shard> shards = new ArrayList<>();
        for (int i = 0; i < 80; i++) {
            List<Replica> replicas = List.of(new Replica(i < 40 ? "a" : "b", "d"));
            shards.add(new Shard("s" + i, 1, replicas, "", 5 * GB, i < 4 ? 500 : 20, false));
        }
        Plan plan = plan(ClusterModel.of(nodes, shards));
        assertThat(plan.steps().getFirst().reason()).isEqualTo("load: a has 1.55 of the mean, b 0.45");
        assertThat(plan.after().mostLoad()).isLessThan(1.15);
        assertThat(plan.after().mostBytes()).isLessThan(1.1);
    }

    @Test
    void leadershipsAreHandedToWhoHasFew() {
        List<StorageNode> nodes = List.of(up("a"), up("b"));
        Plan plan = plan(nodes, shard("s", 1, "a", "b"), shard("t", 1, "a", "b"), shard("u", 1, "a", "b"));
        assertThat(plan.steps())
                .singleElement()
                .isEqualTo(new TransferLeadership("s", "a", "b", "a leads 3 shards, b 0"));
    }

    @Test
    void whatIsUnderWayCountsAsDoneAndAgainstTheLimits() {
        List<StorageNode> nodes = List.of(up("a"), up("b"), node("c", "", NodeState.DEAD), up("d"));
        Transfer begun = new Transfer("s", "c", new Replica("d", "d"), Cause.SAFETY);
        ClusterModel model = new ClusterModel(
                nodes,
                List.of(shard("s", 5, "a", "b", "c"), shard("t", 5, "b", "a", "c")),
                List.of(begun),
                List.of(),
                List.of());
        Plan limited = new PlacementPlanner(PlanRules.DEFAULT, new PlanLimits(1, 8, 8)).plan(model);
        assertThat(limited.steps()).isEmpty();
        assertThat(limited.waiting()).isEqualTo(1);
        assertThat(plan(model).steps()).extracting(PlannedStep::shard).containsExactly("t");
    }

    private static ClusterModel indexes(List<IndexNode> nodes, IndexAssignment... assignments) {
        return new ClusterModel(List.of(), List.of(), List.of(), nodes, List.of(assignments));
    }

    private static IndexNode index(String id, NodeState state) {
        return new IndexNode(id, "", state, 100 * GB);
    }

    @Test
    void indexesLeaveANodeThatIsDownAtOnce() {
        ClusterModel model = indexes(
                List.of(index("i", NodeState.DOWN), index("j", NodeState.UP)),
                new IndexAssignment("s", 1, List.of("i"), 5 * GB, false),
                new IndexAssignment("t", 1, List.of("i", "j"), 5 * GB, false),
                new IndexAssignment("u", 2, List.of("j"), 5 * GB, false));
        Plan plan = plan(model);
        assertThat(plan.steps())
                .containsExactly(
                        new MoveIndexNode(
                                "s",
                                "i",
                                "j",
                                Cause.SAFETY,
                                5 * GB,
                                "its index on i is lost, the node is DOWN; 0 of 1 are alive"),
                        new DropIndexNode("t", "i", "it is lost and not needed, 1 of 1 are there"));
        assertThat(plan.obstacles()).extracting(Plan.Obstacle::subject).containsExactly("u");
    }

    @Test
    void aShardThatNobodyServesIsAssignedEvenWhereMemoryIsShort() {
        ClusterModel model = indexes(
                List.of(index("i", NodeState.UP)),
                new IndexAssignment("s", 1, List.of("i"), 80 * GB, false),
                new IndexAssignment("t", 1, List.of(), 80 * GB, false),
                new IndexAssignment("u", 2, List.of("i"), 1, false));
        assertThat(plan(model).steps())
                .singleElement()
                .isInstanceOfSatisfying(
                        AssignIndexNode.class, step -> assertThat(step.shard()).isEqualTo("t"));
    }

    @Test
    void aNewIndexNodeTakesOverHalf() {
        ClusterModel model = indexes(
                List.of(index("i", NodeState.UP), index("j", NodeState.UP)),
                new IndexAssignment("s", 1, List.of("i"), 5 * GB, false),
                new IndexAssignment("t", 1, List.of("i"), 5 * GB, false));
        assertThat(plan(model).steps())
                .singleElement()
                .isInstanceOfSatisfying(
                        MoveIndexNode.class, step -> assertThat(step.target()).isEqualTo("j"));
    }
}
