package io.vectordb.coordinator;

import static io.vectordb.coordinator.Requests.count;
import static io.vectordb.coordinator.Requests.delete;
import static io.vectordb.coordinator.Requests.get;
import static io.vectordb.coordinator.Requests.list;
import static io.vectordb.coordinator.Requests.millis;
import static io.vectordb.coordinator.Requests.search;
import static io.vectordb.coordinator.Requests.upsert;
import static io.vectordb.coordinator.Requests.write;
import static io.vectordb.coordinator.TestDatabase.failure;
import static io.vectordb.coordinator.TestDatabase.field;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.v1.Consistency;
import io.vectordb.v1.Hit;
import io.vectordb.v1.Nearest;
import io.vectordb.v1.Query;
import io.vectordb.v1.SearchRequest;
import io.vectordb.v1.SearchResponse;
import io.vectordb.v1.WriteOp;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SearchTest {

    private final TestDatabase database = TestDatabase.shared();

    private List<String> keys(SearchRequest.Builder request) {
        return database.search().search(request.build()).getHitsList().stream()
                .map(hit -> hit.getKey().getStringKey())
                .toList();
    }

    private static SearchRequest.Builder nearest(String collection, Function<Nearest.Builder, Nearest.Builder> change) {
        Nearest.Builder nearest = Nearest.newBuilder().setVector(Requests.vector(1, 2, 3));
        return SearchRequest.newBuilder()
                .setCollection(collection)
                .setQuery(Query.newBuilder().setNearest(change.apply(nearest)));
    }

    @Test
    void aStrongSearchNeverMissesWhatWasWrittenBefore() {
        String c = database.collection(2);
        for (int i = 0; i < 150; i++) {
            String key = "k" + i % 40;
            float[] vector = {i, -i, 1};
            database.records().write(write(c, upsert("id", key, "n", i, "v", vector)));
            Hit hit = database.search().search(search(c, 1, vector).build()).getHits(0);
            assertThat(hit.getKey().getStringKey()).isEqualTo(key);
            assertThat(hit.getDistance()).isZero();
            assertThat(hit.getScore()).isEqualTo(1);
            assertThat(hit.getFields()).isEqualTo(Requests.fields("id", key, "n", i));
            if (i % 5 == 0) {
                database.records().write(write(c, delete(key)));
                assertThat(keys(search(c, 100, vector))).doesNotContain(key);
            }
        }
        assertThat(database.search().count(count(c)).getCount()).isEqualTo(32);
    }

    @Test
    void hitsAreMergedNearestFirstAndTiesFallByKeyOverAllShards() {
        String c = database.collection(4);
        WriteOp[] ops = IntStream.range(0, 200)
                .mapToObj(i -> upsert("id", "k" + (1_000 + i), "v", new float[] {i % 4, 0, 0}))
                .toArray(WriteOp[]::new);
        database.records().write(write(c, ops));
        List<String> expected = IntStream.range(0, 200)
                .boxed()
                .sorted(Comparator.comparingInt(i -> i % 4))
                .map(i -> "k" + (1_000 + i))
                .toList();
        assertThat(keys(search(c, 120, 0, 0, 0))).isEqualTo(expected.subList(0, 120));
        assertThat(keys(search(c, 10_000, 0, 0, 0))).isEqualTo(expected);
        assertThat(keys(list(c, 7))).containsExactly("k1000", "k1001", "k1002", "k1003", "k1004", "k1005", "k1006");
        Hit far = database.search().search(search(c, 200, 0, 4, 0).build()).getHits(199);
        assertThat(far.getDistance()).isEqualTo(5);
        assertThat(far.getScore()).isCloseTo(1 / 6.0, within(1e-12));
        assertThat(keys(search(c, 0, 0, 0, 0))).isEmpty();
        assertThat(keys(list(c, 0))).isEmpty();
    }

    @Test
    void whatIsOutOfItsBoundsIsRefusedWithItsCode() {
        String c = database.collection(1);
        assertThat(failure(() -> keys(list(c, 10_001))).code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED);
        assertThat(failure(() -> keys(list(c, -1))).code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED);
        for (int ef : new int[] {0, -1, 100_001}) {
            assertThat(failure(() -> keys(nearest(c, nearest -> nearest.setEfSearch(ef))))
                            .code())
                    .isEqualTo(ErrorCode.LIMIT_EXCEEDED);
        }
        assertThat(keys(nearest(c, nearest -> nearest.setEfSearch(100_000)))).isEmpty();
        assertThat(keys(nearest(c, nearest -> nearest.setExact(true)))).isEmpty();
        assertThat(failure(() -> keys(search(c, 1, 1, 2))).code()).isEqualTo(ErrorCode.DIMENSION_MISMATCH);
        assertThat(failure(() -> keys(search(c, 1, 1, 2, Float.NaN))).code()).isEqualTo(ErrorCode.NON_FINITE_VECTOR);
        assertThat(failure(() -> keys(list(c, 1).setFilter("n >"))).code()).isEqualTo(ErrorCode.FILTER_SYNTAX);
        assertThat(failure(() -> keys(list(c, 1).setFilter("n = $1"))).code()).isEqualTo(ErrorCode.PARAMETER_MISMATCH);
        VectorDbException unknown = failure(() -> keys(nearest(c, nearest -> nearest.setField("w"))));
        assertThat(unknown.code()).isEqualTo(ErrorCode.UNKNOWN_FIELD);
        assertThat(unknown.violations().getFirst().hint()).contains("v");
    }

    @Test
    void withSeveralVectorFieldsOneHasToBeNamed() {
        String c = database.collection(1, field("v", "vector(2)"), field("w", "vector(2)"));
        database.records().write(write(c, upsert("id", "a", "w", new float[] {1, 0})));
        VectorDbException missing = failure(() -> keys(search(c, 1, 1, 0)));
        assertThat(missing.code()).isEqualTo(ErrorCode.MISSING_MEMBER);
        assertThat(missing.getMessage()).contains("v, w");
        Nearest.Builder nearest = Nearest.newBuilder().setVector(Requests.vector(1, 0));
        SearchRequest.Builder inV = SearchRequest.newBuilder()
                .setCollection(c)
                .setQuery(Query.newBuilder().setNearest(nearest.setField("v")));
        assertThat(keys(inV)).isEmpty();
        assertThat(keys(inV.setQuery(Query.newBuilder().setNearest(nearest.setField("w")))))
                .containsExactly("a");
    }

    @Test
    void anUnknownCollectionIsToldWithTheNameThatWasMeant() {
        database.create("near_names", 1);
        VectorDbException unknown = failure(() -> keys(list("near_name", 1)));
        assertThat(unknown.code()).isEqualTo(ErrorCode.COLLECTION_NOT_FOUND);
        assertThat(unknown.violations().getFirst().hint()).contains("near_names");
    }

    @Test
    void aReadThatCannotBeFreshEnoughInTimeFailsInsteadOfHanging() {
        String c = database.collection(1);
        String token = database.records().write(write(c, upsert("id", "a"))).getToken();
        CollectionHandle handle = database.handle(c);
        String ahead = SessionToken.parse(List.of(token))
                .with(handle, handle.shards().getFirst(), Long.MAX_VALUE - 1)
                .text();
        Consistency consistency = Requests.session(ahead);
        long begun = System.nanoTime();
        VectorDbException searched =
                failure(() -> keys(list(c, 1).setConsistency(consistency).setTimeout(millis(300))));
        assertThat(searched.code()).isIn(ErrorCode.STALE, ErrorCode.DEADLINE_EXCEEDED);
        VectorDbException got = failure(() -> database.records()
                .get(get(c, "a").toBuilder()
                        .setConsistency(consistency)
                        .setTimeout(millis(300))
                        .build()));
        assertThat(got.code()).isIn(ErrorCode.STALE, ErrorCode.DEADLINE_EXCEEDED);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(30));
    }

    @Test
    void durationsThatAreNoTimeToWorkInAreRefused() {
        String c = database.collection(1);
        for (long seconds : new long[] {0, -1, 3_601, Long.MAX_VALUE, Long.MIN_VALUE}) {
            com.google.protobuf.Duration timeout = com.google.protobuf.Duration.newBuilder()
                    .setSeconds(seconds)
                    .build();
            assertThat(failure(() -> keys(list(c, 1).setTimeout(timeout))).code())
                    .as("timeout of " + seconds)
                    .isEqualTo(ErrorCode.INVALID_VALUE);
        }
        for (long seconds : new long[] {0, -1, Long.MAX_VALUE}) {
            Consistency bounded = Consistency.newBuilder()
                    .setLevel(Consistency.Level.BOUNDED)
                    .setMaxStaleness(com.google.protobuf.Duration.newBuilder().setSeconds(seconds))
                    .build();
            SearchRequest.Builder request = list(c, 1).setConsistency(bounded);
            if (seconds > 0) {
                assertThat(keys(request)).isEmpty();
            } else {
                assertThat(failure(() -> keys(request)).code()).isEqualTo(ErrorCode.INVALID_VALUE);
            }
        }
    }

    @Test
    void everyLevelAnswersAndTheCoverageIsWhole() {
        String c = database.collection(4);
        String token = database.records().write(write(c, upsert("id", "a"))).getToken();
        for (Consistency.Level level : List.of(
                Consistency.Level.STRONG,
                Consistency.Level.BOUNDED,
                Consistency.Level.SESSION,
                Consistency.Level.EVENTUAL)) {
            SearchResponse response = database.search()
                    .search(list(c, 5)
                            .setConsistency(
                                    Consistency.newBuilder().setLevel(level).addTokens(token))
                            .build());
            assertThat(response.getCoverage().getPartial()).isFalse();
            assertThat(response.getCoverage().getShardsAnswered()).isEqualTo(4);
            if (level != Consistency.Level.EVENTUAL) {
                assertThat(response.getHitsList()).hasSize(1);
            }
        }
    }
}
