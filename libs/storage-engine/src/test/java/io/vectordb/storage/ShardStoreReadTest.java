package io.vectordb.storage;

import static io.vectordb.storage.Ops.delete;
import static io.vectordb.storage.Ops.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.storage.v1.FeedEntry;
import io.vectordb.internal.storage.v1.FeedLease;
import io.vectordb.internal.storage.v1.GetResponse;
import io.vectordb.internal.storage.v1.RecordOp;
import io.vectordb.internal.storage.v1.ScanResponse;
import io.vectordb.internal.storage.v1.TailResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardStoreReadTest {

    @TempDir
    Path directory;

    private StoreHarness harness;

    @BeforeEach
    void open() {
        harness = new StoreHarness(directory);
    }

    @AfterEach
    void close() {
        harness.close();
    }

    private static void assertCode(ThrowingCallable call, ErrorCode code) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        VectorDbException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private TailResponse tail(long from) {
        return harness.store().tail(from, 1 << 20);
    }

    // ---- get

    @Test
    void getAnswersEveryKeyInOrder() {
        harness.apply(put("a", "1"), put("b", "2"));
        GetResponse response = harness.store().get(List.of(Ops.at("b"), Ops.at("none"), Ops.at("a"), Ops.at("b")));
        assertThat(response.getSeq()).isEqualTo(harness.seq());
        assertThat(response.getRecordsList())
                .extracting(record -> record.getKey().getStringKey())
                .containsExactly("b", "none", "a", "b");
        assertThat(response.getRecords(1).hasRecord()).isFalse();
        assertThat(response.getRecords(1).getSeq()).isZero();
        assertThat(response.getRecords(2).getRecord().getFields()).isEqualTo(Ops.fields("1"));
    }

    @Test
    void theSameKeyInAnotherBucketIsAnotherRecord() {
        harness.apply(put(0, "a", Ops.fields("0")), put(65_535, "a", Ops.fields("1")));
        assertThat(harness.v("a")).isEqualTo("0");
        assertThat(harness.scanRecords(0, 10)).hasSize(2);
    }

    // ---- scan

    @Test
    void scanComesInTheOrderOfBucketAndKey() {
        harness.apply(
                put(1, "a", Ops.fields("")),
                put(0, "b", Ops.fields("")),
                put(0, "ab", Ops.fields("")),
                put(0, "a", Ops.fields("")),
                put(0, "a\0b", Ops.fields("")),
                put(0, "a\0", Ops.fields("")),
                put(256, "a", Ops.fields("")));
        harness.apply(put(0, "a", Ops.fields("again")));
        assertThat(harness.scanRecords(0, 2))
                .extracting(found -> found.getRecord().getKey().getStringKey())
                .containsExactly("a", "a\0", "a\0b", "ab", "b", "a", "a");
    }

    @Test
    void scanAsOfAPastSeqSeesTheRecordsOfThen() {
        harness.apply(put("a", "1"), put("b", "1"), put("c", "1"));
        long first = harness.seq();
        harness.apply(put("a", "2"), delete("b"), put("d", "2"));
        long second = harness.seq();
        harness.apply(put("a", "3"), put("b", "3"), delete("c"));

        assertThat(harness.scan(first, 1).keySet()).containsExactly("a", "b", "c");
        assertThat(harness.scan(first, 2)).containsEntry("a", first + " 1");
        assertThat(harness.scan(second, 2).keySet()).containsExactly("a", "c", "d");
        assertThat(harness.scan(second, 2)).containsEntry("a", second + " 2");
        assertThat(harness.scan(0, 2).keySet()).containsExactly("a", "b", "d");
        assertThat(harness.scan(first - 1, 2)).isEmpty();
    }

    @Test
    void pagesGoOnAsOfTheFirstWhateverIsWrittenMeanwhile() {
        for (int i = 0; i < 10; i++) {
            harness.apply(put("k" + i, "old"));
        }
        ScanResponse page = harness.store().scan(0, ByteString.EMPTY, 3, 1 << 20);
        assertThat(page.getRecordsCount()).isEqualTo(3);
        assertThat(page.getNext()).isEqualTo(page.getRecords(2).getPosition());
        harness.apply(put("k5", "new"), put("k55", "new"), delete("k7"));
        ScanResponse rest = harness.store().scan(page.getAsOfSeq(), page.getNext(), 100, 1 << 20);
        assertThat(rest.getRecordsCount()).isEqualTo(7);
        assertThat(rest.getRecordsList())
                .allMatch(found -> found.getRecord().getRecord().getFields().equals(Ops.fields("old")));
        assertThat(rest.getNext()).isEmpty();
    }

    @Test
    void aScanCanGoOnBehindAnyRecord() {
        harness.apply(put("a", "1"), put("b", "1"), put("c", "1"));
        ByteString position = harness.scanRecords(0, 10).get(0).getPosition();
        harness.apply(delete("a"));
        assertThat(harness.store().scan(0, position, 10, 1 << 20).getRecordsList())
                .extracting(found -> found.getRecord().getKey().getStringKey())
                .containsExactly("b", "c");
    }

    @Test
    void aPageEndsAtItsBytesButHoldsOneRecord() {
        harness.apply(put("a", "x".repeat(1_000)), put("b", "x".repeat(1_000)), put("c", "x"));
        ScanResponse page = harness.store().scan(0, ByteString.EMPTY, 10, 10);
        assertThat(page.getRecordsCount()).isEqualTo(1);
        assertThat(page.getNext()).isNotEmpty();
        assertThat(harness.store().scan(0, page.getNext(), 10, 1_200).getRecordsCount())
                .isEqualTo(2);
    }

    @Test
    void aScanAheadOfTheReplicaIsStale() {
        harness.apply(put("a", "1"));
        assertCode(() -> harness.store().scan(harness.seq() + 1, ByteString.EMPTY, 1, 1), ErrorCode.STALE);
    }

    // ---- tail

    @Test
    void tailTellsEveryChangeWithTheRecordAsItWasThen() {
        harness.apply(put("a", "1"), put("b", "1"));
        long first = harness.seq();
        harness.apply(put("a", "2"), delete("b"));
        harness.apply(delete("none"));

        TailResponse all = tail(0);
        assertThat(all.getEntriesList())
                .extracting(entry -> entry.getKey().getStringKey())
                .containsExactly("a", "b", "a", "b");
        assertThat(all.getEntries(0).getRecord().getFields()).isEqualTo(Ops.fields("1"));
        assertThat(all.getEntries(2).getRecord().getFields()).isEqualTo(Ops.fields("2"));
        assertThat(all.getEntries(3).hasRecord()).isFalse();
        assertThat(all.getConfirmedSeq()).isEqualTo(harness.seq());
        assertThat(tail(first).getEntriesList()).isEqualTo(all.getEntriesList().subList(2, 4));
    }

    @Test
    void tailNeverCutsALogEntry() {
        harness.apply(put("a", "x".repeat(500)), put("b", "x".repeat(500)), put("c", "x".repeat(500)));
        long first = harness.seq();
        harness.apply(put("d", "1"));
        TailResponse part = harness.store().tail(0, 1);
        assertThat(part.getEntriesCount()).isEqualTo(3);
        assertThat(part.getConfirmedSeq()).isEqualTo(first);
        TailResponse rest = harness.store().tail(first, 1);
        assertThat(rest.getEntriesList()).extracting(FeedEntry::getSeq).containsExactly(harness.seq());
    }

    @Test
    void tailConfirmsEntriesWithoutData() {
        harness.apply(put("a", "1"));
        harness.store().advance(2, 10);
        TailResponse empty = tail(harness.seq());
        assertThat(empty.getEntriesCount()).isZero();
        assertThat(empty.getConfirmedSeq()).isEqualTo(StoreHarness.SHARD.seqAt(10));
        assertThat(tail(StoreHarness.SHARD.seqAt(20)).getConfirmedSeq()).isEqualTo(StoreHarness.SHARD.seqAt(10));
    }

    // ---- trim

    @Test
    void trimDropsTheOldestEntriesAndTheVersionsTheySuperseded() {
        harness.apply(put("a", "1"), put("b", "1"));
        long first = harness.seq();
        harness.apply(put("a", "2"), delete("b"));
        long second = harness.seq();
        harness.apply(put("a", "3"), put("c", "3"));
        long third = harness.seq();

        harness.store().trimFeed(3);
        assertThat(harness.store().feedFloor()).isEqualTo(first);
        assertThat(harness.store().statistics().feedEntries()).isEqualTo(4);
        assertThat(harness.scan(first, 10)).hasSize(2);

        harness.store().trimFeed(2);
        assertThat(harness.store().feedFloor()).isEqualTo(second);
        assertCode(() -> tail(first), ErrorCode.RESYNC);
        assertCode(() -> harness.store().scan(first, ByteString.EMPTY, 10, 100), ErrorCode.RESYNC);
        assertThat(tail(second).getEntriesCount()).isEqualTo(2);
        assertThat(harness.scan(second, 10)).containsOnlyKeys("a").containsEntry("a", second + " 2");
        assertThat(harness.scan(third, 10)).containsOnlyKeys("a", "c");
        harness.reopen();
        assertThat(harness.store().feedFloor()).isEqualTo(second);
        assertThat(harness.store().statistics().feedEntries()).isEqualTo(2);
    }

    @Test
    void trimLeavesOnlyTheNewestVersions() {
        for (int round = 0; round < 5; round++) {
            for (int i = 0; i < 20; i++) {
                harness.apply(round % 2 == 0 || i < 10 ? put("k" + i, "v" + round) : delete("k" + i));
            }
        }
        harness.apply(delete("k0"));
        Map<String, String> before = harness.scan(0, 7);
        harness.store().trimFeed(0);
        assertThat(harness.scan(0, 7)).isEqualTo(before).hasSize(19);
        assertThat(harness.versionRows()).isEqualTo(19);
        assertThat(harness.store().statistics().feedEntries()).isZero();
        assertThat(tail(harness.seq()).getEntriesCount()).isZero();
        harness.apply(put("k0", "again"));
        assertThat(harness.v("k0")).isEqualTo("again");
    }

    @Test
    void aScanInProgressLearnsThatItsTimeIsOver() {
        harness.apply(put("a", "1"), put("b", "1"));
        ScanResponse page = harness.store().scan(0, ByteString.EMPTY, 1, 100);
        harness.apply(put("b", "2"));
        harness.store().trimFeed(0);
        assertCode(() -> harness.store().scan(page.getAsOfSeq(), page.getNext(), 1, 100), ErrorCode.RESYNC);
    }

    @Test
    void housekeepingLeavesAShortFeedAlone() {
        harness.apply(put("a", "1"));
        harness.store().housekeep(harness.micros());
        assertThat(tail(0).getEntriesCount()).isEqualTo(1);
    }

    @Test
    void whatRocksDbCountsCanBeRead() {
        long before = harness.shared().count(StoreCounter.BYTES_WRITTEN);
        harness.apply(put("a", "1"));
        assertThat(harness.shared().count(StoreCounter.BYTES_WRITTEN)).isGreaterThan(before);
        StoreStatistics statistics = harness.store().statistics();
        assertThat(statistics.memtableBytes()).isPositive();
        assertThat(statistics.writesStopped()).isFalse();
        assertThat(statistics.backgroundErrors()).isZero();
    }

    // ---- leases

    @Test
    void whatAReaderHasALeaseOfIsKeptUntilItMovesOnOrTheLeaseRunsOut() {
        long[] seqs = new long[8];
        for (int i = 0; i < seqs.length; i++) {
            harness.apply(put("a", Integer.toString(i)));
            seqs[i] = harness.seq();
        }
        harness.lease("index-1", seqs[2], 1_000);
        harness.lease("index-2", seqs[5], 5_000);
        harness.store().housekeep(harness.micros(), 0, 100);
        assertThat(harness.store().feedFloor()).isEqualTo(seqs[2]);
        assertThat(tail(seqs[2]).getEntriesCount()).isEqualTo(5);
        assertThat(harness.scan(seqs[2], 10)).containsEntry("a", seqs[2] + " 2");

        harness.lease("index-1", seqs[4], 1_000);
        harness.store().housekeep(harness.micros(), 0, 100);
        assertThat(harness.store().feedFloor()).isEqualTo(seqs[4]);

        harness.reopen();
        harness.store().housekeep(harness.micros() + 1_000, 0, 100);
        assertThat(harness.store().feedFloor()).isEqualTo(seqs[5]);
        harness.lease("index-2", 0, 0);
        assertThat(harness.store().leases()).extracting(FeedLease::getReader).containsExactly("index-1");
        harness.store().housekeep(harness.micros() + 1_000, 0, 100);
        assertThat(harness.store().feedFloor()).isEqualTo(seqs[7]);
    }

    @Test
    void aReaderThatIsTooSlowLosesTheChangesAllTheSame() {
        for (int i = 0; i < 10; i++) {
            harness.apply(put("a", Integer.toString(i)));
        }
        harness.lease("slow", 0, 1_000_000);
        harness.store().housekeep(harness.micros(), 2, 6);
        assertThat(harness.store().statistics().feedEntries()).isEqualTo(6);
        assertCode(() -> tail(0), ErrorCode.RESYNC);
    }

    @Test
    void leasesThatRanOutMakeRoomForNewOnes() {
        for (int i = 0; i < FeedLeases.MOST; i++) {
            assertThat(harness.lease("reader-" + i, 0, 1_000)).isTrue();
        }
        assertThat(harness.lease("one more", 0, 1_000)).isFalse();
        assertThat(harness.lease("reader-3", 7, 1_000)).isTrue();
        harness.pass(1_000);
        assertThat(harness.lease("one more", 0, 1_000)).isTrue();
        assertThat(harness.store().leases()).extracting(FeedLease::getReader).containsExactly("one more");
    }

    @Test
    void aLongFeedIsTrimmedInSeveralBatches() {
        for (int i = 0; i < 60; i++) {
            RecordOp[] ops = new RecordOp[100];
            for (int j = 0; j < ops.length; j++) {
                ops[j] = put("k" + (i * 37 + j) % 500, "v" + i);
            }
            harness.apply(ops);
        }
        harness.store().trimFeed(150);
        assertThat(harness.store().statistics().feedEntries()).isEqualTo(200);
        Map<String, String> followed =
                new HashMap<>(harness.scan(harness.store().feedFloor(), 64));
        harness.follow(harness.store().feedFloor(), 1_000, followed);
        assertThat(followed).isEqualTo(harness.scan(0, 64)).hasSize(500);
    }

    // ---- waiting

    @Test
    void aWaitEndsWithTheNextCommand() {
        harness.apply(put("a", "1"));
        long seq = harness.seq();
        assertThat(harness.store().changeAfter(seq - 1)).isCompleted();
        CompletableFuture<Void> next = harness.store().changeAfter(seq);
        CompletableFuture<Void> later = harness.store().changeAfter(seq + 1);
        assertThat(next).isNotDone();
        harness.apply(delete("none"));
        assertThat(next).isCompleted();
        assertThat(later).isNotDone();
        harness.apply(put("a", "2"));
        assertThat(later).isCompleted();
    }

    @Test
    void aWaitThatIsGivenUpIsForgotten() {
        ChangeSignal signal = new ChangeSignal(5);
        signal.after(5).cancel(false);
        assertThat(signal.waiters()).isZero();
        CompletableFuture<Void> timed = signal.after(6).orTimeout(1, TimeUnit.MILLISECONDS);
        assertThatThrownBy(timed::join).isInstanceOf(CompletionException.class);
        // Whoever joins may be woken before the timer has gone through the others that wait.
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (signal.waiters() > 0) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    @Test
    void closingEndsWaitsAndReads() {
        CompletableFuture<Void> waiting = harness.store().changeAfter(0);
        harness.store().close();
        assertThat(waiting).isCompletedExceptionally();
        assertThat(harness.store().changeAfter(0)).isCompletedExceptionally();
        assertCode(() -> tail(0), ErrorCode.SHARD_UNAVAILABLE);
        assertCode(() -> harness.store().sync(), ErrorCode.SHARD_UNAVAILABLE);
        harness.store().close();
    }
}
