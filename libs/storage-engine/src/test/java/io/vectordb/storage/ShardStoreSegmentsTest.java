package io.vectordb.storage;

import static io.vectordb.storage.Ops.delete;
import static io.vectordb.storage.Ops.put;
import static io.vectordb.storage.Steps.claim;
import static io.vectordb.storage.Steps.publish;
import static io.vectordb.storage.Steps.ranges;
import static io.vectordb.storage.Steps.seal;
import static io.vectordb.storage.Steps.segment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.storage.v1.FeedEntry;
import io.vectordb.internal.storage.v1.RecordOp;
import io.vectordb.internal.storage.v1.SegmentsResult;
import io.vectordb.internal.storage.v1.ShardSegments;
import io.vectordb.internal.storage.v1.TailResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The published segments in the store, and the seals in its feed. */
class ShardStoreSegmentsTest {

    private static final Executor NEW_THREAD = task -> Thread.ofPlatform().start(task);
    private static final long TTL = 1_000_000;
    private static final int PAGE = 1 << 20;

    @TempDir
    Path root;

    private StoreHarness harness;

    @BeforeEach
    void open() {
        harness = new StoreHarness(root.resolve("a"));
    }

    @AfterEach
    void close() {
        harness.close();
    }

    private static ShardSegments done(SegmentsResult result) {
        assertThat(result.getRefused()).isEmpty();
        return result.getSegments();
    }

    /** Seals, and publishes what follows the last segment; returns its end. */
    private static long grow(StoreHarness harness) {
        long epoch = done(harness.step(claim("b", TTL))).getClaim().getEpoch();
        ShardSegments sealed = done(harness.step(seal("b", epoch)));
        int count = sealed.getSegmentsCount();
        long from = count == 0 ? 0 : sealed.getSegments(count - 1).getToSeq();
        done(harness.step(publish("b", epoch, sealed.getGeneration(), segment(from, sealed.getSealedSeq()))));
        return sealed.getSealedSeq();
    }

    @Test
    void aRestartKeepsWhatWasAgreedOn() {
        assertThat(harness.store().segments()).isEqualTo(ShardSegments.getDefaultInstance());
        harness.apply(put("a", "1"));
        long end = grow(harness);
        ShardSegments before = harness.store().segments();
        assertThat(ranges(before)).isEqualTo("0-" + end);
        harness.reopen();
        assertThat(harness.store().segments()).isEqualTo(before);
        assertThat(harness.store().lastDataSeq()).isEqualTo(harness.seq());
    }

    @Test
    void anEntryThatWasAppliedChangesNothingAgain() {
        long epoch = done(harness.step(claim("b", TTL))).getClaim().getEpoch();
        ShardSegments before = harness.store().segments();
        SegmentsResult again =
                harness.store().apply(1, harness.index(), seal("b", epoch).build());
        assertThat(again).isEqualTo(SegmentsResult.getDefaultInstance());
        assertThat(harness.store().segments()).isEqualTo(before);
        assertThat(harness.store().tail(0, PAGE).getSealedSeqsList()).isEmpty();
    }

    @Test
    void aSealStandsInTheFeedBetweenTheChangesBeforeAndBehindIt() {
        harness.apply(put("a", "1"));
        long first = harness.seq();
        long sealed = grow(harness);
        harness.apply(delete("a"));
        long last = harness.seq();
        TailResponse all = harness.store().tail(0, PAGE);
        assertThat(all.getEntriesList()).extracting(FeedEntry::getSeq).containsExactly(first, last);
        assertThat(all.getSealedSeqsList()).containsExactly(sealed);
        assertThat(all.getGeneration()).isEqualTo(1);
        assertThat(all.getConfirmedSeq()).isEqualTo(last);
        assertThat(harness.store().tail(sealed - 1, PAGE).getSealedSeqsList()).containsExactly(sealed);
        assertThat(harness.store().tail(sealed, PAGE).getSealedSeqsList()).isEmpty();
        assertThat(harness.store().statistics().feedEntries()).isEqualTo(3);
    }

    @Test
    void pagesOfTheFeedTellEachSealOnceWithTheChangesBeforeIt() {
        List<Long> seals = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            harness.apply(put("k" + i, "v"), put("l" + i, "v"));
            if (i % 3 == 0) {
                seals.add(grow(harness));
            }
        }
        for (int bytes : new int[] {1, 30, 100, PAGE}) {
            List<Long> told = new ArrayList<>();
            List<Long> changes = new ArrayList<>();
            long at = 0;
            TailResponse page;
            do {
                page = harness.store().tail(at, bytes);
                long from = at;
                long confirmed = page.getConfirmedSeq();
                assertThat(page.getSealedSeqsList())
                        .allSatisfy(seal -> assertThat(seal).isGreaterThan(from).isLessThanOrEqualTo(confirmed));
                told.addAll(page.getSealedSeqsList());
                page.getEntriesList().forEach(entry -> changes.add(entry.getSeq()));
                at = confirmed;
            } while (page.getEntriesCount() > 0);
            assertThat(told).isEqualTo(seals);
            assertThat(changes).hasSize(40).isSorted();
            assertThat(at).isEqualTo(harness.seq());
        }
    }

    @Test
    void whoFollowsTheFeedWakesUpAtEveryStepAlsoARefusedOne() {
        CompletableFuture<Void> claimed = harness.store().changeAfter(0);
        done(harness.step(claim("b", TTL)));
        assertThat(claimed).isCompleted();
        long at = harness.seq();
        CompletableFuture<Void> refused = harness.store().changeAfter(at);
        SegmentsResult result = harness.step(claim("c", TTL));
        assertThat(result.getRefused()).contains("turn of builder b");
        assertThat(result.getSegments()).isEqualTo(harness.store().segments());
        assertThat(refused).isCompleted();
        assertThat(harness.store().lastDataSeq()).isEqualTo(harness.seq()).isGreaterThan(at);
        TailResponse tail = harness.store().tail(at, PAGE);
        assertThat(tail.getConfirmedSeq()).isEqualTo(harness.seq());
        assertThat(tail.getEntriesCount() + tail.getSealedSeqsCount()).isZero();
    }

    @Test
    void housekeepingKeepsTheFeedBehindTheLastSegment() {
        for (int i = 0; i < 10; i++) {
            harness.apply(put("a", "v" + i));
        }
        harness.store().housekeep(harness.micros(), 5, 100);
        assertThat(harness.store().statistics().feedEntries()).isEqualTo(5);
        long end = grow(harness);
        long other = 0;
        for (int i = 0; i < 10; i++) {
            harness.apply(put("a", "w" + i));
            other = i == 4 ? grow(harness) : other;
        }
        harness.step(publish("b", harness.store().segments().getClaim().getEpoch(), 2, segment(0, other)));
        // Within the first of two segments nobody begins.
        harness.store().housekeep(harness.micros(), 3, 100);
        assertThat(harness.store().feedFloor()).isEqualTo(other).isGreaterThan(end);
        assertThat(harness.store().tail(other, PAGE).getEntriesCount()).isEqualTo(5);
        // A lease that begins earlier holds more, and the limit of leases counts for segments too.
        harness.store().housekeep(harness.micros(), 3, 4);
        assertThat(harness.store().statistics().feedEntries()).isEqualTo(4);
        assertThat(harness.store().feedFloor()).isGreaterThan(other);
    }

    @Test
    void aLeaseHoldsMoreThanThePublishedSegments() {
        harness.apply(put("a", "1"));
        long first = harness.seq();
        harness.lease("slow", first, TTL);
        harness.apply(put("a", "2"));
        grow(harness);
        harness.store().housekeep(harness.micros(), 0, 100);
        assertThat(harness.store().feedFloor()).isEqualTo(first);
    }

    @Test
    void trimmingASealDropsNoRecord() {
        harness.apply(put("a", "1"));
        long sealed = grow(harness);
        harness.apply(put("a", "2"));
        harness.store().trimFeed(1);
        assertThat(harness.store().feedFloor()).isEqualTo(sealed);
        assertThat(harness.scan(sealed, 10)).containsKey("a");
        assertThat(harness.versionRows()).isEqualTo(2);
        harness.store().trimFeed(0);
        assertThat(harness.versionRows()).isEqualTo(1);
        assertThat(harness.v("a")).isEqualTo("2");
        assertThat(harness.store().statistics().feedEntries()).isZero();
        assertThatThrownBy(() -> harness.store().tail(sealed, PAGE))
                .isInstanceOfSatisfying(
                        VectorDbException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.RESYNC));
    }

    @Test
    void replicasThatAppliedTheSameAreAlikeAndOthersDiffer() {
        try (StoreHarness other = new StoreHarness(root.resolve("b"))) {
            for (StoreHarness each : List.of(harness, other)) {
                each.apply(put("a", "1"));
                grow(each);
                each.step(claim("c", TTL));
            }
            ContentHash hash = harness.store().hash(NEW_THREAD).join();
            assertThat(other.store().hash(NEW_THREAD).join()).isEqualTo(hash);
            harness.step(claim("b", TTL));
            other.step(claim("b", TTL + 1));
            assertThat(harness.store()
                            .hash(NEW_THREAD)
                            .join()
                            .differences(other.store().hash(NEW_THREAD).join()))
                    .containsExactly("counters");
        }
    }

    @Test
    void aCopyOfAReplicaHasTheSegmentsToo() {
        harness.apply(put("a", "1"));
        long end = grow(harness);
        harness.store().checkpoint(root.resolve("copy"));
        ShardStore.verify(root.resolve("copy"), StoreHarness.SHARD, harness.shared());
        try (ShardStore copy = ShardStore.open(root.resolve("copy"), StoreHarness.SHARD, harness.shared())) {
            assertThat(copy.segments()).isEqualTo(harness.store().segments());
            assertThat(copy.tail(0, PAGE).getSealedSeqsList()).containsExactly(end);
        }
    }

    @Test
    void theNextIncarnationBeginsWithoutSegments() {
        harness.apply(put("a", "1"));
        grow(harness);
        harness.store().checkpoint(root.resolve("next"));
        ShardIdentity next = new ShardIdentity(StoreHarness.SHARD.shardUid(), StoreHarness.SHARD.incarnation() + 1);
        ShardStore.succeed(root.resolve("next"), StoreHarness.SHARD, next, harness.shared());
        try (ShardStore store = ShardStore.open(root.resolve("next"), next, harness.shared())) {
            assertThat(store.segments()).isEqualTo(ShardSegments.getDefaultInstance());
            TailResponse tail = store.tail(store.feedFloor(), PAGE);
            assertThat(tail.getSealedSeqsCount()).isZero();
            assertThat(tail.getGeneration()).isZero();
        }
    }

    @Test
    void anArchiveWithSegmentsAndSealsMakesAShardWithoutThem() {
        harness.apply(put("a", "1"), put("b", "1"));
        grow(harness);
        harness.apply(put("a", "2"), delete("b"));
        harness.store().checkpoint(root.resolve("copy"));
        try (ShardArchive archive = ShardArchive.open(root.resolve("copy"), harness.shared());
                StoreHarness restored = new StoreHarness(root.resolve("restored"))) {
            TreeMap<Long, List<RecordOp>> read = new TreeMap<>();
            for (long seq :
                    new long[] {harness.store().segments().getSegments(0).getToSeq(), archive.lastDataSeq()}) {
                RecordsHasher hasher = new RecordsHasher(() -> {});
                List<RecordOp> ops = read.computeIfAbsent(seq, _ -> new ArrayList<>());
                archive.read(seq, 0, Keys.BUCKETS, hasher, ops::add);
                assertThat(hasher.hash()).isEqualTo(harness.store().recordsHash(seq, 0, Keys.BUCKETS, () -> {}));
            }
            assertThat(read.firstEntry().getValue()).hasSize(2);
            restored.apply(read.lastEntry().getValue().toArray(RecordOp[]::new));
            assertThat(restored.v("a")).isEqualTo("2");
            assertThat(restored.store().segments()).isEqualTo(ShardSegments.getDefaultInstance());
            assertThat(restored.store().tail(0, PAGE).getSealedSeqsCount()).isZero();
        }
    }
}
