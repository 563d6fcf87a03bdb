package io.vectordb.coordinator;

import static io.vectordb.coordinator.Requests.get;
import static io.vectordb.coordinator.Requests.search;
import static io.vectordb.coordinator.Requests.upsert;
import static io.vectordb.coordinator.Requests.write;
import static io.vectordb.coordinator.TestDatabase.await;
import static io.vectordb.coordinator.TestDatabase.failure;
import static io.vectordb.coordinator.TestReplicas.FIRST;
import static io.vectordb.coordinator.TestReplicas.SECOND;
import static io.vectordb.coordinator.TestReplicas.THIRD;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.common.ErrorCode;
import io.vectordb.v1.AuditEntry;
import io.vectordb.v1.Consistency;
import io.vectordb.v1.GetClusterRequest;
import io.vectordb.v1.GetResponse;
import io.vectordb.v1.ListAuditEntriesRequest;
import io.vectordb.v1.ListShardsRequest;
import io.vectordb.v1.Replica;
import io.vectordb.v1.Shard;
import io.vectordb.v1.UnsafeRecoverRequest;
import io.vectordb.v1.UnsafeRecoverResponse;
import io.vectordb.v1.WriteResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two of three storage nodes are gone for good: the shard goes on with the third, when somebody says so twice. */
class UnsafeRecoveryTest {

    private static final int RECORDS = 40;

    @TempDir
    Path folder;

    private static void put(TestDatabase database, String collection, int n) {
        WriteResponse response =
                database.records().write(write(collection, upsert("id", "k" + n, "n", n, "v", new float[] {n, 0, 0})));
        assertThat(response.getFailed()).isZero();
    }

    private static Shard shard(TestDatabase database, String collection) {
        return database.cluster()
                .listShards(
                        ListShardsRequest.newBuilder().setCollection(collection).build())
                .getShards(0);
    }

    private static List<String> outcomes(TestDatabase database) {
        return database.admin().listAuditEntries(ListAuditEntriesRequest.getDefaultInstance()).getEntriesList().stream()
                .filter(entry -> entry.getAction().equals("unsafe_recover"))
                .map(AuditEntry::getOutcome)
                .toList();
    }

    private static GetResponse read(TestDatabase database, String collection, int records) {
        return database.records()
                .get(get(
                        collection,
                        IntStream.range(0, records).mapToObj(i -> "k" + i).toArray(String[]::new)));
    }

    @Test
    void whatTheLastReplicaHasIsThereAndTheOthersDoNotDisturbWhenTheyComeBack() {
        try (TestReplicas replicas = new TestReplicas(folder)) {
            TestDatabase database = replicas.database;
            String collection = database.collection(1);
            IntStream.range(0, RECORDS).forEach(n -> put(database, collection, n));
            // All replicas have it: what only the lost ones had would be lost.
            await(() -> shard(database, collection).getReplicasList().stream()
                    .allMatch(each -> each.getLag() == 0 && !each.getRole().equals("candidate")));
            replicas.stop(SECOND);
            replicas.stop(THIRD);
            await(() -> shard(database, collection).getLeader().isEmpty());
            assertThat(database.cluster()
                            .getCluster(GetClusterRequest.getDefaultInstance())
                            .getHealth())
                    .isEqualTo("unavailable");
            UnsafeRecoverRequest request = UnsafeRecoverRequest.newBuilder()
                    .setShard(collection + "-0")
                    .setTimeout(Requests.millis(50_000))
                    .build();
            UnsafeRecoverResponse plan = database.admin()
                    .unsafeRecover(request.toBuilder().setDryRun(true).build());
            assertThat(plan.getDone()).isFalse();
            assertThat(plan.getNode()).isEqualTo(FIRST);
            assertThat(plan.getReplicasCount()).isEqualTo(3);
            assertThat(String.join(" ", plan.getWarningsList())).contains("lost", SECOND, THIRD, "index");
            assertThat(failure(() -> database.admin().unsafeRecover(request)).code())
                    .isEqualTo(ErrorCode.INVALID_VALUE);
            assertThat(failure(() -> database.admin()
                                    .unsafeRecover(
                                            request.toBuilder().setNode(SECOND).build()))
                            .code())
                    .isEqualTo(ErrorCode.SHARD_UNAVAILABLE);
            assertThat(outcomes(database)).hasSize(2).allMatch(outcome -> outcome.startsWith("refused: "));
            assertThat(shard(database, collection).getLeader()).isEmpty();

            UnsafeRecoverResponse done = database.admin()
                    .unsafeRecover(request.toBuilder()
                            .setConfirmClusterId(database.cluster()
                                    .getCluster(GetClusterRequest.getDefaultInstance())
                                    .getClusterId())
                            .build());
            assertThat(done.getDone()).isTrue();
            assertThat(done.getNow().getLeader()).isEqualTo(FIRST);
            assertThat(outcomes(database)).endsWith("begun", "succeeded");
            expectAll(database, collection, RECORDS);
            put(database, collection, RECORDS);
            expectAll(database, collection, RECORDS + 1);

            replicas.start(SECOND);
            replicas.start(THIRD);
            await(() -> shard(database, collection).getReplicasList().stream()
                            .filter(each -> each.getRole().equals("retired"))
                            .map(Replica::getNode)
                            .filter(node -> !node.equals(FIRST))
                            .count()
                    == 2);
            put(database, collection, RECORDS + 1);
            expectAll(database, collection, RECORDS + 2);
            assertThat(shard(database, collection).getLeader()).isEqualTo(FIRST);
        }
    }

    private static void expectAll(TestDatabase database, String collection, int records) {
        assertThat(read(database, collection, records).getResultsList()).allMatch(result -> result.hasRecord());
        // The index reads the shard again; a strong search waits for it, or says that it cannot yet.
        await(() -> {
            try {
                return database.search()
                                .search(search(collection, 1, records - 1, 0, 0)
                                        .setConsistency(Consistency.newBuilder().setLevel(Consistency.Level.STRONG))
                                        .build())
                                .getHits(0)
                                .getKey()
                                .getStringKey()
                                .equals("k" + (records - 1))
                        && database.search().count(Requests.count(collection)).getCount() == records;
            } catch (io.grpc.StatusRuntimeException e) {
                return false;
            }
        });
    }
}
