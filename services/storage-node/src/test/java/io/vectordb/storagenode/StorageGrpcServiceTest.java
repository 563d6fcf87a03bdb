package io.vectordb.storagenode;

import static io.vectordb.storagenode.Requests.SHARD;
import static io.vectordb.storagenode.Requests.delete;
import static io.vectordb.storagenode.Requests.fields;
import static io.vectordb.storagenode.Requests.get;
import static io.vectordb.storagenode.Requests.key;
import static io.vectordb.storagenode.Requests.put;
import static io.vectordb.storagenode.Requests.scan;
import static io.vectordb.storagenode.Requests.tail;
import static io.vectordb.storagenode.Requests.write;
import static io.vectordb.storagenode.TestStorageNode.LIMIT;
import static io.vectordb.storagenode.TestStorageNode.await;
import static io.vectordb.storagenode.TestStorageNode.shard;
import static io.vectordb.storagenode.TestStorageNode.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.storage.v1.FeedLease;
import io.vectordb.internal.storage.v1.GetRequest.Level;
import io.vectordb.internal.storage.v1.GetResponse;
import io.vectordb.internal.storage.v1.GetShardStatusRequest;
import io.vectordb.internal.storage.v1.GetShardStatusResponse;
import io.vectordb.internal.storage.v1.HoldFeedRequest;
import io.vectordb.internal.storage.v1.ReadPositionRequest;
import io.vectordb.internal.storage.v1.ScanResponse;
import io.vectordb.internal.storage.v1.ScannedRecord;
import io.vectordb.internal.storage.v1.TailResponse;
import io.vectordb.internal.storage.v1.WriteResponse;
import io.vectordb.raft.GroupId;
import io.vectordb.rpc.GrpcErrors;
import io.vectordb.storage.ShardStore;
import io.vectordb.v1.Fields;
import io.vectordb.v1.WriteResult.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StorageGrpcServiceTest {

    private static final int LONGER_THAN_ANY_CALL_MILLIS = 120_000;

    @TempDir
    Path folder;

    private TestStorageNode node;

    @BeforeEach
    void start() {
        node = new TestStorageNode("n1", folder).join();
        node.replicas.reconcile(state(1, List.of(node.node()), shard(SHARD, "n1")));
        await(() -> node.leads(SHARD));
    }

    @AfterEach
    void close() {
        node.close();
        assertThat(node.fatal).isEmpty();
    }

    private long write(int key, long n) {
        return node.stub().write(Requests.write("", put(key, n))).getSeq();
    }

    private long position() {
        return node.stub()
                .readPosition(ReadPositionRequest.newBuilder().setShard(SHARD).build())
                .getSeq();
    }

    private static VectorDbException failure(Supplier<?> call) {
        try {
            throw new AssertionError("expected a failure, received " + call.get());
        } catch (StatusRuntimeException e) {
            return GrpcErrors.fromThrowable(e);
        }
    }

    private static Fields only(GetResponse response) {
        return response.getRecords(0).getRecord().getFields();
    }

    @Test
    void aWriteIsSeenByKeyPositionScanFeedAndStatus() {
        long first = write(1, 10);
        WriteResponse written = node.stub().write(Requests.write("r", put(2, 20), delete(1), delete(3)));
        assertThat(written.getSeq()).isGreaterThan(first);
        assertThat(written.getUnits(0).getResultsList())
                .extracting(result -> result.getOutcome())
                .containsExactly(Outcome.CREATED, Outcome.DELETED, Outcome.ABSENT);
        assertThat(position()).isEqualTo(written.getSeq());

        GetResponse found = node.stub().get(get(Level.LINEARIZABLE, 0, 2));
        assertThat(only(found)).isEqualTo(fields(20));
        assertThat(found.getSeq()).isEqualTo(written.getSeq());
        assertThat(node.stub().get(get(Level.LINEARIZABLE, 0, 1)).getRecords(0).hasRecord())
                .isFalse();

        ScanResponse page = node.stub().scan(scan(0, ByteString.EMPTY, 10));
        assertThat(page.getRecordsList())
                .extracting(each -> each.getRecord().getKey())
                .containsExactly(key(2));
        assertThat(page.getNext()).isEmpty();
        assertThat(page.getAsOfSeq()).isEqualTo(written.getSeq());

        TailResponse changes = node.stub().tail(tail(0, 0));
        assertThat(changes.getConfirmedSeq()).isEqualTo(written.getSeq());
        assertThat(changes.getEntriesList())
                .extracting(entry -> entry.getSeq())
                .containsExactly(first, written.getSeq(), written.getSeq());

        GetShardStatusResponse status = node.stub()
                .getShardStatus(
                        GetShardStatusRequest.newBuilder().setShard(SHARD).build());
        assertThat(status.getLeader()).isTrue();
        assertThat(status.getLeaderNode()).isEqualTo("n1");
        assertThat(status.getAppliedSeq()).isEqualTo(written.getSeq());
        assertThat(status.getRecords()).isEqualTo(1);
    }

    private HoldFeedRequest hold(String reader, long fromSeq, long ttlMillis) {
        return HoldFeedRequest.newBuilder()
                .setShard(SHARD)
                .setReader(reader)
                .setFromSeq(fromSeq)
                .setTtlMillis(ttlMillis)
                .build();
    }

    @Test
    void aReaderHoldsTheFeedAndIsToldWhenItIsTooLate() {
        long first = write(1, 10);
        long second = write(1, 11);
        write(1, 12);
        node.stub().holdFeed(hold("index/i1", first, 60_000));
        GetShardStatusResponse status = node.stub()
                .getShardStatus(
                        GetShardStatusRequest.newBuilder().setShard(SHARD).build());
        assertThat(status.getLeasesList())
                .extracting(FeedLease::getReader, FeedLease::getFromSeq)
                .containsExactly(tuple("index/i1", first));

        ShardStore store = node.replicas.store(node.replicas.group(SHARD));
        store.trimFeed(1);
        assertThat(store.feedFloor()).isEqualTo(second);
        assertThat(failure(() -> node.stub().holdFeed(hold("index/i2", first, 60_000)))
                        .code())
                .isEqualTo(ErrorCode.RESYNC);
        assertThat(store.leases()).hasSize(1);
        assertThat(node.stub().holdFeed(hold("index/i1", first, 0)).getFeedFromSeq())
                .isEqualTo(second);
        assertThat(store.leases()).isEmpty();
    }

    @Test
    void aLeaseWithoutNameOrEndIsRefused() {
        for (HoldFeedRequest bad : List.of(
                hold("", 0, 1_000), hold("x".repeat(129), 0, 1_000), hold("x", 0, -1), hold("x", 0, 86_400_001))) {
            assertThat(failure(() -> node.stub().holdFeed(bad)).code()).isEqualTo(ErrorCode.INVALID_VALUE);
        }
    }

    @Test
    void aRequestIdIsAppliedOnceAndOnlyForItsContent() {
        WriteResponse first = node.stub().write(Requests.write("r", put(1, 10)));
        write(1, 11);
        WriteResponse again = node.stub().write(Requests.write("r", put(1, 10)));
        assertThat(again.getUnits(0).getReplayed()).isTrue();
        assertThat(again.getUnits(0).getResultsList())
                .isEqualTo(first.getUnits(0).getResultsList());
        assertThat(only(node.stub().get(get(Level.LINEARIZABLE, 0, 1)))).isEqualTo(fields(11));
        // Nothing changed, yet readers that wait for this position must not wait for ever.
        assertThat(node.stub().get(get(Level.AT_LEAST, again.getSeq(), 1)).getSeq())
                .isEqualTo(again.getSeq());
        assertThat(node.stub().tail(tail(again.getSeq() - 1, 5_000)).getConfirmedSeq())
                .isEqualTo(again.getSeq());
    }

    @Test
    void aReadAtLeastAtAPositionWaitsForIt() throws Exception {
        long reached = write(1, 10);
        assertThat(only(node.stub().get(get(Level.AT_LEAST, reached, 1)))).isEqualTo(fields(10));
        ListenableFuture<GetResponse> waiting = node.futureStub().get(get(Level.AT_LEAST, reached + 1, 1));
        assertThat(waiting.isDone()).isFalse();
        write(1, 11);
        assertThat(only(waiting.get(LIMIT.toSeconds(), TimeUnit.SECONDS))).isEqualTo(fields(11));
    }

    @Test
    void aPositionThatDoesNotComeInTimeIsStaleAndTellsHowFarItGot() {
        long reached = write(1, 10);
        // One of several, since a busy machine may use up what is left of any one's time for the answer.
        List<VectorDbException> failures = new ArrayList<>();
        for (int i = 0; i < 20 && failures.stream().noneMatch(StorageGrpcServiceTest::isStale); i++) {
            failures.add(failure(() -> node.stub(Duration.ofMillis(400)).get(get(Level.AT_LEAST, reached + 1_000, 1))));
        }
        assertThat(failures)
                .allMatch(failure -> isStale(failure) || failure.code() == ErrorCode.DEADLINE_EXCEEDED)
                .filteredOn(StorageGrpcServiceTest::isStale)
                .singleElement()
                .satisfies(stale -> assertThat(stale.metadata()).containsEntry("reached", Long.toString(reached)));
    }

    private static boolean isStale(VectorDbException failure) {
        return failure.code() == ErrorCode.STALE;
    }

    @Test
    void aTailWakesUpAtAWriteAndEndsEmptyWithoutOne() throws Exception {
        long from = write(1, 10);
        TailResponse none = node.stub().tail(tail(from, 30));
        assertThat(none.getEntriesList()).isEmpty();
        assertThat(none.getConfirmedSeq()).isEqualTo(from);
        ListenableFuture<TailResponse> waiting = node.futureStub().tail(tail(from, LONGER_THAN_ANY_CALL_MILLIS));
        long seq = write(2, 20);
        TailResponse woken = waiting.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        assertThat(woken.getEntriesList()).hasSize(1);
        assertThat(woken.getEntries(0).getRecord().getFields()).isEqualTo(fields(20));
        assertThat(woken.getConfirmedSeq()).isEqualTo(seq);
    }

    @Test
    void thePagesOfAScanShowOneMomentWhileWritesGoOn() {
        for (int i = 0; i < 30; i++) {
            write(i, i);
        }
        List<ScannedRecord> records = new ArrayList<>();
        ScanResponse page = node.stub().scan(scan(0, ByteString.EMPTY, 7));
        records.addAll(page.getRecordsList());
        while (!page.getNext().isEmpty()) {
            node.stub().write(Requests.write("", put(29, 99), put(100, 99), delete(15)));
            page = node.stub().scan(scan(page.getAsOfSeq(), page.getNext(), 7));
            records.addAll(page.getRecordsList());
        }
        assertThat(records.stream()
                        .map(each -> each.getRecord()
                                .getRecord()
                                .getFields()
                                .getValuesOrThrow("n")
                                .getIntValue()))
                .hasSize(30)
                .doesNotContain(99L)
                .doesNotHaveDuplicates();
    }

    @Test
    void aShardThatIsNotHereIsUnavailable() {
        VectorDbException failure = failure(() -> node.stub()
                .readPosition(ReadPositionRequest.newBuilder().setShard("other").build()));
        assertThat(failure.code()).isEqualTo(ErrorCode.SHARD_UNAVAILABLE);
        assertThat(failure.metadata()).containsEntry("shard", "other");
    }

    @Test
    void aShardThatLeavesTheMetadataIsRemovedAndEndsItsWaits() throws Exception {
        long from = write(1, 10);
        GroupId group = node.replicas.group(SHARD);
        ListenableFuture<TailResponse> waiting = node.futureStub().tail(tail(from, LONGER_THAN_ANY_CALL_MILLIS));
        node.replicas.reconcile(state(2, List.of(node.node())));
        await(() -> node.raft.groups().isEmpty());
        await(waiting::isDone);
        await(() -> !Files.exists(folder.resolve("groups").resolve(group.name())));
        assertThat(node.replicas.problem()).isEmpty();
        assertThat(waiting.state()).isEqualTo(java.util.concurrent.Future.State.FAILED);
        assertThat(GrpcErrors.fromThrowable(waiting.exceptionNow()).code()).isEqualTo(ErrorCode.SHARD_UNAVAILABLE);
    }

    @Test
    void theShardsOfAnotherClusterChangeNothing() {
        write(1, 10);
        node.replicas.reconcile(state(9, List.of(node.node())).toBuilder()
                .setClusterId("another")
                .build());
        await(() -> node.replicas.problem().isPresent());
        assertThat(node.replicas.problem().orElseThrow()).contains("another");
        assertThat(only(node.stub().get(get(Level.LINEARIZABLE, 0, 1)))).isEqualTo(fields(10));
    }

    @Test
    void aShardThatCannotBeAddedYetKeepsNoOtherBackAndIsTriedAgain() {
        node.replicas.reconcile(state(
                2,
                List.of(node.node()),
                shard("a-with-unknown-peer", "n1", "n9"),
                shard("b", "n1"),
                shard(SHARD, "n1")));
        await(() -> node.leads("b"));
        assertThat(node.leads(SHARD)).isTrue();
        await(() -> node.replicas.problem().orElse("").contains("n9"));
    }

    @Test
    void aRestartServesWhatWasWrittenBeforeTheMetadataIsThere() {
        long seq = write(1, 10);
        node.close();
        node = new TestStorageNode("n1", folder);
        await(() -> node.leads(SHARD));
        assertThat(position()).isEqualTo(seq);
        assertThat(only(node.stub().get(get(Level.LINEARIZABLE, 0, 1)))).isEqualTo(fields(10));
        assertThat(write(1, 11)).isGreaterThan(seq);
    }
}
