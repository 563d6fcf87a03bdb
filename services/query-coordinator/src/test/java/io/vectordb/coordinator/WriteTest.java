package io.vectordb.coordinator;

import static io.vectordb.coordinator.Requests.delete;
import static io.vectordb.coordinator.Requests.fields;
import static io.vectordb.coordinator.Requests.get;
import static io.vectordb.coordinator.Requests.ifSeq;
import static io.vectordb.coordinator.Requests.set;
import static io.vectordb.coordinator.Requests.unset;
import static io.vectordb.coordinator.Requests.upsert;
import static io.vectordb.coordinator.Requests.write;
import static io.vectordb.coordinator.TestDatabase.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.v1.BatchMode;
import io.vectordb.v1.Fields;
import io.vectordb.v1.GetResult;
import io.vectordb.v1.Select;
import io.vectordb.v1.WriteOp;
import io.vectordb.v1.WriteResponse;
import io.vectordb.v1.WriteResult;
import io.vectordb.v1.WriteResult.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WriteTest {

    private final TestDatabase database = TestDatabase.shared();

    private WriteResponse send(String collection, WriteOp... ops) {
        return database.records().write(write(collection, ops));
    }

    private boolean exists(String collection, String key) {
        return database.records().get(get(collection, key)).getResults(0).hasRecord();
    }

    private Fields read(String collection, String key) {
        GetResult result = database.records().get(get(collection, key)).getResults(0);
        assertThat(result.hasRecord()).isTrue();
        return result.getRecord().getFields();
    }

    /** Keys of the shard with this number. */
    private List<String> keysOf(String collection, int shard, int count) {
        CollectionHandle handle = database.handle(collection);
        return IntStream.range(0, 10_000)
                .mapToObj(i -> "k" + i)
                .filter(key -> handle.shardOf(handle.bucket(Requests.key(key)))
                        .equals(handle.shards().get(shard)))
                .limit(count)
                .toList();
    }

    @Test
    void everyItemIsToldWhatBecameOfItInTheOrderOfTheRequest() {
        String c = database.collection(4);
        send(c, upsert("id", "old", "n", 1));
        WriteResponse response = send(
                c,
                upsert("id", "new", "n", 1),
                upsert("id", "old", "n", 2),
                set("old", "grp", "g"),
                upsert("id", "bad", "n", "text").toBuilder().setTag("mine").build(),
                delete("new"),
                delete("never"),
                set("never", "n", 1));
        assertThat(response.getResultsList())
                .extracting(WriteResult::getOutcome)
                .containsExactly(
                        Outcome.CREATED,
                        Outcome.REPLACED,
                        Outcome.UPDATED,
                        Outcome.REFUSED,
                        Outcome.DELETED,
                        Outcome.ABSENT,
                        Outcome.REFUSED);
        assertThat(response.getResultsList()).extracting(WriteResult::getIndex).containsExactly(0, 1, 2, 3, 4, 5, 6);
        assertThat(response.getSucceeded()).isEqualTo(5);
        assertThat(response.getFailed()).isEqualTo(2);
        WriteResult bad = response.getResults(3);
        assertThat(bad.getError().getCode()).isEqualTo("TYPE_MISMATCH");
        assertThat(bad.getError().getViolationsList()).isNotEmpty();
        assertThat(bad.getTag()).isEqualTo("mine");
        assertThat(response.getResults(6).getError().getCode()).isEqualTo("RECORD_NOT_FOUND");
        assertThat(read(c, "old")).isEqualTo(fields("id", "old", "n", 2, "grp", "g"));
        assertThat(exists(c, "new")).isFalse();
        assertThat(exists(c, "bad")).isFalse();
    }

    @Test
    void aBadItemRefusesTheItemsOfItsShardAloneWhenTheBatchIsAtomicByShard() {
        String c = database.collection(4);
        List<String> first = keysOf(c, 0, 3);
        List<String> second = keysOf(c, 1, 2);
        send(c, upsert("id", first.get(2)));
        List<WriteOp> badItems = List.of(
                upsert("id", first.get(1), "n", "found when it is typed"), ifSeq(upsert("id", first.get(2)), 0));
        for (WriteOp bad : badItems) {
            send(c, delete(second.get(0)), delete(second.get(1)));
            WriteResponse response = database.records()
                    .write(write(
                            c,
                            BatchMode.BATCH_MODE_SHARD_ATOMIC,
                            "",
                            upsert("id", first.get(0)),
                            upsert("id", second.get(0)),
                            bad,
                            upsert("id", second.get(1))));
            assertThat(response.getResultsList())
                    .extracting(WriteResult::getOutcome)
                    .containsExactly(Outcome.REFUSED, Outcome.CREATED, Outcome.REFUSED, Outcome.CREATED);
            assertThat(exists(c, first.get(0))).isFalse();
            assertThat(exists(c, second.get(0))).isTrue();
        }
    }

    @Test
    void anAtomicBatchLiesInOneShardAndIsAppliedWholeOrNotAtAll() {
        String c = database.collection(4);
        String a = keysOf(c, 0, 1).getFirst();
        List<String> others = keysOf(c, 1, 2);
        VectorDbException several = failure(() -> database.records()
                .write(write(c, BatchMode.BATCH_MODE_ATOMIC, "", upsert("id", a), upsert("id", others.get(0)))));
        assertThat(several.code()).isEqualTo(ErrorCode.NOT_ONE_SHARD);
        assertThat(exists(c, a)).isFalse();
        WriteResponse refused = database.records()
                .write(write(
                        c,
                        BatchMode.BATCH_MODE_ATOMIC,
                        "",
                        upsert("id", others.get(0)),
                        ifSeq(upsert("id", others.get(1)), 77)));
        assertThat(refused.getFailed()).isEqualTo(2);
        assertThat(exists(c, others.get(0))).isFalse();
        WriteResponse applied = database.records()
                .write(write(
                        c, BatchMode.BATCH_MODE_ATOMIC, "", upsert("id", others.get(0)), upsert("id", others.get(1))));
        assertThat(applied.getSucceeded()).isEqualTo(2);
        assertThat(applied.getShardsList()).hasSize(1);
    }

    @Test
    void conditionsCompareTheVersion() {
        String c = database.collection(1);
        WriteResult created = send(c, ifSeq(upsert("id", "a", "n", 1), 0)).getResults(0);
        assertThat(created.getOutcome()).isEqualTo(Outcome.CREATED);
        WriteResult again = send(c, ifSeq(upsert("id", "a", "n", 2), 0)).getResults(0);
        assertThat(again.getError().getCode()).isEqualTo("SEQ_MISMATCH");
        WriteResult replaced =
                send(c, ifSeq(upsert("id", "a", "n", 3), created.getSeq())).getResults(0);
        assertThat(replaced.getOutcome()).isEqualTo(Outcome.REPLACED);
        assertThat(replaced.getSeq()).isGreaterThan(created.getSeq());
        for (WriteOp stale : List.of(set("a", "n", 4), delete("a"), upsert("id", "a", "n", 4))) {
            assertThat(send(c, ifSeq(stale, created.getSeq()))
                            .getResults(0)
                            .getError()
                            .getCode())
                    .isEqualTo("SEQ_MISMATCH");
        }
        assertThat(read(c, "a")).isEqualTo(fields("id", "a", "n", 3));
        assertThat(send(c, ifSeq(delete("a"), replaced.getSeq())).getResults(0).getOutcome())
                .isEqualTo(Outcome.DELETED);
        assertThat(send(c, ifSeq(upsert("id", "a"), -1))
                        .getResults(0)
                        .getError()
                        .getCode())
                .isEqualTo("INVALID_VALUE");
    }

    @Test
    void aRepeatedRequestIsToldItsFirstAnswerAndNotDoneAgain() {
        String c = database.collection(4);
        WriteOp[] ops = IntStream.range(0, 20)
                .mapToObj(i -> i == 7 ? upsert("id", "k7", "n", "bad") : upsert("id", "k" + i, "n", i))
                .toArray(WriteOp[]::new);
        String id = RequestIds.orNew("");
        WriteResponse first = database.records().write(write(c, BatchMode.BATCH_MODE_UNSPECIFIED, id, ops));
        send(c, upsert("id", "k3", "n", 333));
        // No mode and its default are the same content.
        WriteResponse again = database.records().write(write(c, BatchMode.BATCH_MODE_SKIP_FAILED, id, ops));
        assertThat(again.getFailed()).isEqualTo(1);
        for (int i = 0; i < ops.length; i++) {
            WriteResult result = again.getResults(i);
            assertThat(result.toBuilder().clearReplayed().build()).isEqualTo(first.getResults(i));
            assertThat(result.getReplayed()).isEqualTo(i != 7);
        }
        assertThat(read(c, "k3")).isEqualTo(fields("id", "k3", "n", 333));
        WriteResponse other =
                database.records().write(write(c, BatchMode.BATCH_MODE_SKIP_FAILED, id, upsert("id", "k3", "n", 1)));
        assertThat(other.getResults(0).getError().getCode()).isEqualTo("REQUEST_ID_REUSED");
        assertThat(read(c, "k3")).isEqualTo(fields("id", "k3", "n", 333));
    }

    @Test
    void aRequestThatNeedsSeveralEntriesIsRepeatedAsOneAndRefusedAsOneWhenItIsOld() {
        String c = database.collection(1, TestDatabase.field("body", "json"));
        WriteOp[] ops = IntStream.range(0, 30)
                .mapToObj(i -> upsert("id", "k" + i, "body", "x".repeat(100_000)))
                .toArray(WriteOp[]::new);
        String id = RequestIds.orNew("");
        WriteResponse first = database.records().write(write(c, BatchMode.BATCH_MODE_UNSPECIFIED, id, ops));
        assertThat(first.getSucceeded()).isEqualTo(ops.length);
        assertThat(first.getShardsCount()).isGreaterThan(1);
        WriteResponse again = database.records().write(write(c, BatchMode.BATCH_MODE_UNSPECIFIED, id, ops));
        assertThat(again.getResultsList()).allMatch(WriteResult::getReplayed);
        String old = RequestIds.uuidV7(Instant.now().toEpochMilli() - 3_600_000).toString();
        WriteResponse refused = database.records().write(write(c, BatchMode.BATCH_MODE_UNSPECIFIED, old, ops));
        assertThat(refused.getResultsList()).allMatch(result -> result.getOutcome() == Outcome.REFUSED);
    }

    @Test
    void anAtomicBatchLargerThanALogEntryIsRefused() {
        String c = database.collection(1, TestDatabase.field("body", "json"));
        WriteOp[] ops = IntStream.range(0, 30)
                .mapToObj(i -> upsert("id", "k" + i, "body", "x".repeat(100_000)))
                .toArray(WriteOp[]::new);
        WriteResponse refused = database.records().write(write(c, BatchMode.BATCH_MODE_ATOMIC, "", ops));
        assertThat(refused.getResultsList())
                .allMatch(result -> result.getError().getCode().equals("LIMIT_EXCEEDED"));
        assertThat(exists(c, "k0")).isFalse();
    }

    @Test
    void patchesChangeWhatTheyNameAndNothingElse() {
        String c = database.collection(1);
        send(c, upsert("id", "a", "n", 1, "grp", "g", "v", new float[] {1, 2, 3}, "extra", "x"));
        assertThat(send(c, set("a", "n", 2, "later", true)).getFailed()).isZero();
        assertThat(send(c, unset("a", "grp", "extra")).getFailed()).isZero();
        assertThat(database.records()
                        .get(get(c, "a").toBuilder()
                                .setSelect(Select.newBuilder().addInclude("*").addInclude("v"))
                                .build())
                        .getResults(0)
                        .getRecord()
                        .getFields())
                .isEqualTo(fields("id", "a", "n", 2, "later", true, "v", new float[] {1, 2, 3}));
        assertThat(send(c, set("a", "id", "b")).getResults(0).getOutcome()).isEqualTo(Outcome.REFUSED);
    }

    @Test
    void ofRacingWritersOfOneNewFieldOneTypeWinsAndTheOtherIsAMismatch() {
        String c = database.collection(2);
        for (int round = 0; round < 10; round++) {
            String field = "dyn" + round;
            List<CompletableFuture<WriteResult>> writers = new ArrayList<>();
            for (Object value : List.of(1, "text", true)) {
                WriteOp op = upsert("id", field + value, field, value);
                writers.add(CompletableFuture.supplyAsync(() -> send(c, op).getResults(0)));
            }
            List<WriteResult> results =
                    writers.stream().map(CompletableFuture::join).toList();
            assertThat(results).filteredOn(result -> !result.hasError()).hasSize(1);
            assertThat(results)
                    .filteredOn(WriteResult::hasError)
                    .allMatch(result -> result.getError().getCode().equals("TYPE_MISMATCH"));
        }
    }

    @Test
    void requestsBeyondTheLimitsAreRefusedWhole() {
        String c = database.collection(1);
        WriteOp[] many = IntStream.rangeClosed(0, 1_000)
                .mapToObj(i -> upsert("id", "k" + i))
                .toArray(WriteOp[]::new);
        assertThat(failure(() -> send(c, many)).code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED);
        assertThat(failure(() -> send(c)).code()).isEqualTo(ErrorCode.MISSING_MEMBER);
        assertThat(failure(() -> database.records()
                                .write(write(c, BatchMode.BATCH_MODE_UNSPECIFIED, "x".repeat(65), upsert("id", "a"))))
                        .code())
                .isEqualTo(ErrorCode.INVALID_VALUE);
        assertThat(failure(() -> send("c_that_is_not_there", upsert("id", "a"))).code())
                .isEqualTo(ErrorCode.COLLECTION_NOT_FOUND);
        WriteResponse large = send(c, upsert("id", "a", "extra", "x".repeat(1 << 20)), upsert("id", "b"));
        assertThat(large.getResults(0).getOutcome()).isEqualTo(Outcome.REFUSED);
        assertThat(large.getResults(1).getOutcome()).isEqualTo(Outcome.CREATED);
    }
}
