package io.vectordb.coordinator;

import static io.vectordb.coordinator.TestDatabase.await;
import static io.vectordb.coordinator.TestDatabase.failure;
import static io.vectordb.coordinator.TestReplicas.FIRST;
import static io.vectordb.coordinator.TestReplicas.SECOND;
import static io.vectordb.coordinator.TestReplicas.THIRD;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.v1.AlterCollectionRequest;
import io.vectordb.v1.AlterCollectionResponse;
import io.vectordb.v1.CollectionSettings;
import io.vectordb.v1.DecommissionNodeRequest;
import io.vectordb.v1.DrainNodeRequest;
import io.vectordb.v1.GetClusterRequest;
import io.vectordb.v1.GetOperationRequest;
import io.vectordb.v1.IndexView;
import io.vectordb.v1.ListNodesRequest;
import io.vectordb.v1.ListShardsRequest;
import io.vectordb.v1.Node;
import io.vectordb.v1.Operation;
import io.vectordb.v1.PlannedMove;
import io.vectordb.v1.RebalanceRequest;
import io.vectordb.v1.RebalanceResponse;
import io.vectordb.v1.Replica;
import io.vectordb.v1.SchemaChange;
import io.vectordb.v1.Shard;
import io.vectordb.v1.UndrainNodeRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * A cluster that grows by one node and shrinks again. The collection has four shards with three replicas each, and is written
 * all the time.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RebalanceTest {

    private static final String FOURTH = "storage-4";
    private static final String FIFTH = "storage-5";
    private static final String SECOND_INDEX = "index-2";
    private static final int SHARDS = 4;

    private TestReplicas replicas;
    private TestDatabase database;
    private TestIndexNode index;
    private TestLoad load;
    private String collection;

    @BeforeAll
    void start(@TempDir Path folder) {
        replicas = new TestReplicas(folder);
        database = replicas.database;
        index = new TestIndexNode(database, folder, SECOND_INDEX, List.of());
        collection = database.collection(SHARDS);
        load = new TestLoad(database, collection);
    }

    @AfterAll
    void stop() {
        load.close();
        index.close();
        replicas.close();
    }

    private List<Shard> shards() {
        return database.cluster()
                .listShards(
                        ListShardsRequest.newBuilder().setCollection(collection).build())
                .getShardsList();
    }

    private static Set<String> nodes(Shard shard) {
        return new TreeSet<>(
                shard.getReplicasList().stream().map(Replica::getNode).toList());
    }

    private long replicasOn(String node) {
        return shards().stream().filter(shard -> nodes(shard).contains(node)).count();
    }

    /** Whether each shard has so many replicas that all work, and nothing is left of others. */
    private boolean haveReplicas(int count) {
        return shards().stream()
                .allMatch(shard -> shard.getReplicasCount() == count
                        && shard.getReplicasList().stream()
                                .allMatch(each -> Set.of("leader", "follower").contains(each.getRole())));
    }

    private Node node(String id) {
        return database.cluster().listNodes(ListNodesRequest.getDefaultInstance()).getNodesList().stream()
                .filter(node -> node.getId().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private Operation end(Operation operation) {
        await(() -> operation(operation.getId()).hasEndTime());
        return operation(operation.getId());
    }

    private Operation operation(String id) {
        return database.operations()
                .getOperation(GetOperationRequest.newBuilder().setOperation(id).build());
    }

    private RebalanceResponse rebalance(boolean dryRun) {
        return database.cluster()
                .rebalance(RebalanceRequest.newBuilder().setDryRun(dryRun).build());
    }

    private Operation drain(String node) {
        return database.cluster()
                .drainNode(DrainNodeRequest.newBuilder().setNode(node).build());
    }

    private Node undrain(String node) {
        return database.cluster()
                .undrainNode(UndrainNodeRequest.newBuilder().setNode(node).build());
    }

    private AlterCollectionResponse alter(CollectionSettings.Builder settings) {
        return database.collections()
                .alterCollection(AlterCollectionRequest.newBuilder()
                        .setCollection(collection)
                        .addChanges(SchemaChange.newBuilder().setSetSettings(settings))
                        .build());
    }

    @Test
    @Order(1)
    void whatCannotBeDoneIsRefusedWithTheReason() {
        assertThat(failure(() -> drain(FIRST)).getMessage())
                .contains("have no other place")
                .contains("Add storage nodes, or lower the replication factor");
        assertThat(node(FIRST).getState()).isEqualTo("up");
        assertThat(failure(() -> drain("none")).code()).isEqualTo(ErrorCode.NODE_NOT_FOUND);
        assertThat(failure(() -> drain("")).code()).isEqualTo(ErrorCode.MISSING_MEMBER);
        assertThat(failure(() -> undrain("none")).code()).isEqualTo(ErrorCode.NODE_NOT_FOUND);
        VectorDbException tooMany =
                failure(() -> alter(CollectionSettings.newBuilder().setReplicas(4)));
        assertThat(tooMany.getMessage()).contains("4 replicas need 4 storage nodes, 3 of 3 are up");
        assertThat(failure(() -> alter(CollectionSettings.newBuilder().setBuckets(128)))
                        .getMessage())
                .contains("stay as they were");
        assertThat(failure(() -> database.cluster()
                                .rebalance(RebalanceRequest.newBuilder()
                                        .setCollection("nothing")
                                        .build()))
                        .code())
                .isEqualTo(ErrorCode.COLLECTION_NOT_FOUND);
    }

    @Test
    @Order(2)
    void aNewNodeGetsItsShareWhenItIsAskedForAndThenNothingIsLeftToMove() {
        replicas.startAnother(FOURTH);
        await(() -> rebalance(true).getMovesList().stream()
                .anyMatch(move -> move.getToNode().equals(FOURTH)));
        List<PlannedMove> plan = rebalance(true).getMovesList();
        assertThat(plan).allSatisfy(move -> assertThat(move.getReason()).isNotEmpty());
        assertThat(plan)
                .filteredOn(move -> move.getKind().equals("move_replica"))
                .allSatisfy(move -> {
                    assertThat(move.getToNode()).isEqualTo(FOURTH);
                    assertThat(move.getCause()).isEqualTo("bytes");
                });
        assertThat(replicasOn(FOURTH)).as("a dry run moves nothing").isZero();
        Operation done = end(rebalance(false).getOperation());
        assertThat(done.getState()).as(done.toString()).isEqualTo(Operation.State.SUCCEEDED);
        assertThat(done.getKind()).isEqualTo("rebalance");
        await(() -> haveReplicas(3));
        // Twelve replicas on four nodes.
        assertThat(replicasOn(FOURTH)).isBetween(2L, 3L);
        assertThat(rebalance(true).getMovesList())
                .noneMatch(move -> move.getKind().equals("move_replica"));
    }

    @Test
    @Order(3)
    void leadersAreSpread() {
        end(rebalance(false).getOperation());
        await(() -> {
            Map<String, Long> leaders =
                    shards().stream().collect(Collectors.groupingBy(Shard::getLeader, Collectors.counting()));
            return leaders.values().stream().allMatch(count -> count <= 2);
        });
    }

    @Test
    @Order(4)
    void aDrainedNodeIsEmptiedStaysEmptyAndComesBack() {
        Operation drained = end(drain(SECOND));
        assertThat(drained.getState()).as(drained.toString()).isEqualTo(Operation.State.SUCCEEDED);
        assertThat(drained.getKind()).isEqualTo("drain_node");
        assertThat(drained.getTarget()).isEqualTo("nodes/" + SECOND);
        await(() -> replicasOn(SECOND) == 0 && haveReplicas(3));
        await(() -> node(SECOND).getState().equals("draining"));
        assertThat(database.cluster()
                        .getCluster(GetClusterRequest.getDefaultInstance())
                        .getHealth())
                .isEqualTo("healthy");
        assertThat(rebalance(true).getMovesList())
                .noneMatch(move -> move.getToNode().equals(SECOND));
        assertThat(undrain(SECOND).getState()).isEqualTo("up");
        assertThat(rebalance(true).getMovesList())
                .anyMatch(move -> move.getToNode().equals(SECOND));
    }

    @Test
    @Order(5)
    void theReplicasOfACollectionFollowItsSettingWhenTheClusterMayMoveThem() {
        assertThat(alter(CollectionSettings.newBuilder().setReplicas(2))
                        .getReport(0)
                        .getEffect())
                .startsWith("replicas of each shard go from 3 to 2");
        replicas.set("rebalance.mode", "urgent");
        await(() -> haveReplicas(2));
        alter(CollectionSettings.newBuilder().setReplicas(3));
        await(() -> haveReplicas(3));
        replicas.set("rebalance.mode", "off");
    }

    @Test
    @Order(6)
    void theReplicasOfANodeThatIsLostAreMadeAnewElsewhereAndItsOwnAreDroppedWhenItComesBack() {
        replicas.startAnother(FIFTH);
        end(rebalance(false).getOperation());
        await(() -> replicasOn(FIFTH) > 0 && haveReplicas(3));
        replicas.set("nodes.suspect_after", "2s");
        replicas.set("nodes.down_after", "3s");
        replicas.set("nodes.dead_after", "5s");
        replicas.set("rebalance.mode", "urgent");
        replicas.stop(FIFTH);
        await(() -> node(FIFTH).getState().equals("dead"));
        await(() -> shards().stream().noneMatch(shard -> nodes(shard).contains(FIFTH)) && haveReplicas(3));
        replicas.set("nodes.dead_after", "10m");
        replicas.set("nodes.down_after", "30s");
        replicas.set("nodes.suspect_after", "5s");
        replicas.set("rebalance.mode", "off");
        replicas.start(FIFTH);
        await(() -> node(FIFTH).getState().equals("up"));
        await(() -> replicasOn(FIFTH) == 0);
    }

    @Test
    @Order(7)
    void aDecommissionedNodeIsEmptiedAndLetGoForGood() {
        Operation done = end(database.cluster()
                .decommissionNode(
                        DecommissionNodeRequest.newBuilder().setNode(FOURTH).build()));
        assertThat(done.getState()).as(done.toString()).isEqualTo(Operation.State.SUCCEEDED);
        assertThat(done.getKind()).isEqualTo("decommission_node");
        await(() -> replicasOn(FOURTH) == 0 && haveReplicas(3));
        assertThat(node(FOURTH).getState()).isEqualTo("decommissioned");
        replicas.stop(FOURTH);
        assertThat(database.cluster()
                        .getCluster(GetClusterRequest.getDefaultInstance())
                        .getHealth())
                .isEqualTo("healthy");
        assertThat(failure(() -> undrain(FOURTH)).getMessage()).contains("cannot come back");
        assertThat(failure(() -> drain(FOURTH)).code()).isEqualTo(ErrorCode.OPERATION_CONFLICT);
    }

    @Test
    @Order(8)
    void anIndexNodeHandsItsShardsOverBeforeItStops() {
        alter(CollectionSettings.newBuilder().setIndexReplicas(1));
        replicas.set("rebalance.mode", "urgent");
        await(() -> shards().stream().allMatch(shard -> shard.getViewsCount() == 1));
        replicas.set("rebalance.mode", "off");
        List<String> unserved = new ArrayList<>();
        Operation drained = drain(SECOND_INDEX);
        while (!operation(drained.getId()).hasEndTime()) {
            shards().stream()
                    .filter(shard -> shard.getViewsList().stream()
                            .map(IndexView::getState)
                            .noneMatch("serving"::equals))
                    .forEach(shard -> unserved.add(shard.toString()));
        }
        assertThat(operation(drained.getId()).getState()).isEqualTo(Operation.State.SUCCEEDED);
        assertThat(unserved).as("shards that nobody served").isEmpty();
        assertThat(shards())
                .allSatisfy(shard -> assertThat(shard.getViewsList())
                        .extracting(IndexView::getNode)
                        .containsExactly("index-1"));
        undrain(SECOND_INDEX);
    }

    @Test
    @Order(9)
    void noWriteFailedAllTheTimeAndNoneIsLost() {
        load.check();
        assertThat(nodes(shards().getFirst())).isSubsetOf(FIRST, SECOND, THIRD, FIFTH);
    }
}
