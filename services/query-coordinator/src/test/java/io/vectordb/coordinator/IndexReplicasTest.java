package io.vectordb.coordinator;

import static io.vectordb.coordinator.Requests.upsert;
import static io.vectordb.coordinator.TestDatabase.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.v1.Consistency;
import io.vectordb.v1.CountRequest;
import io.vectordb.v1.IndexView;
import io.vectordb.v1.ListShardsRequest;
import io.vectordb.v1.SearchRequest;
import io.vectordb.v1.SearchResponse;
import io.vectordb.v1.Shard;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** A database with a second index node that comes and goes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class IndexReplicasTest {

    private static final String SECOND = "index-2";

    private Path folder;
    private TestDatabase database;
    private @Nullable TestIndexNode second;
    private String collection;
    private int written;

    @BeforeAll
    void start(@TempDir Path folder) {
        this.folder = folder;
        database = new TestDatabase(folder, folder.resolve("backups"), List.of("--vectordb.index.seal-rows=40"));
        collection = database.collection(2);
        write(30);
    }

    @AfterAll
    void stop() {
        stopSecond();
        database.close();
    }

    private void stopSecond() {
        if (second != null) {
            second.close();
        }
    }

    private void startSecond() {
        second = new TestIndexNode(database, folder, SECOND, List.of("--vectordb.index.seal-rows=40"));
    }

    private String write(int records) {
        String token = "";
        for (int i = 0; i < records; i++) {
            token = database.records()
                    .write(Requests.write(
                            collection, upsert("id", "k" + written, "n", written, "v", new float[] {written, 0, 0})))
                    .getToken();
            written++;
        }
        return token;
    }

    private List<Shard> shards() {
        return database.cluster()
                .listShards(
                        ListShardsRequest.newBuilder().setCollection(collection).build())
                .getShardsList();
    }

    private boolean areServedByBoth() {
        return shards().stream()
                .allMatch(shard -> shard.getViewsList().stream()
                        .map(IndexView::getState)
                        .toList()
                        .equals(List.of("serving", "serving")));
    }

    /** Often enough that each index node has its turn. */
    private void checkReads(String token) {
        for (int i = 0; i < 4; i++) {
            assertThat(database.search()
                            .count(CountRequest.newBuilder()
                                    .setCollection(collection)
                                    .build())
                            .getCount())
                    .isEqualTo(written);
            for (Consistency consistency : List.of(
                    Consistency.newBuilder().setLevel(Consistency.Level.STRONG).build(),
                    Consistency.newBuilder().addTokens(token).build())) {
                SearchResponse found = database.search()
                        .search(SearchRequest.newBuilder()
                                .setCollection(collection)
                                .setK(1_000)
                                .setConsistency(consistency)
                                .build());
                assertThat(found.getHitsList())
                        .extracting(hit -> hit.getKey().getStringKey())
                        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, written)
                                .mapToObj(n -> "k" + n)
                                .toList());
            }
        }
    }

    @Test
    @Order(1)
    void aShardWithFewerIndexNodesThanWantedIsServedByThoseThereAre() {
        assertThat(shards())
                .allSatisfy(shard -> assertThat(shard.getViewsCount()).isEqualTo(1));
        checkReads(write(1));
    }

    @Test
    @Order(2)
    void anIndexNodeThatComesServesTheShardsToo() {
        startSecond();
        checkReads(write(1));
        await(this::areServedByBoth);
        assertThat(shards())
                .allSatisfy(shard -> assertThat(shard.getViewsList())
                        .extracting(IndexView::getNode)
                        .containsExactly("index-1", SECOND));
    }

    @Test
    @Order(3)
    void eachStrongReadSeesEveryWriteBeforeItWhicheverNodeAnswers() {
        for (int i = 0; i < 60; i++) {
            checkReads(write(2));
        }
        await(() -> shards().stream()
                .flatMap(shard -> shard.getViewsList().stream())
                .allMatch(view -> view.getSegmentListList().stream()
                        .anyMatch(segment -> segment.getPlace().equals("files"))));
        checkReads(write(1));
    }

    @Test
    @Order(4)
    void withoutOneOfThemReadsGoOnAndWhenItIsBackItServesAgain() {
        stopSecond();
        for (int i = 0; i < 10; i++) {
            checkReads(write(1));
        }
        assertThat(shards())
                .allSatisfy(shard -> assertThat(shard.getViewsList())
                        .extracting(IndexView::getState)
                        .containsExactly("serving", "unreachable"));
        startSecond();
        await(this::areServedByBoth);
        checkReads(write(1));
    }
}
