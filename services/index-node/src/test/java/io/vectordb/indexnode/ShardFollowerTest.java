package io.vectordb.indexnode;

import static io.vectordb.indexnode.FakeStorage.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.index.v1.Freshness;
import io.vectordb.rpc.GrpcErrors;
import io.vectordb.segment.SegmentHit;
import io.vectordb.segment.SegmentView;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardFollowerTest {

    private final FakeStorage storage;
    private final TestIndexNode node;
    private final ShardFollower follower;

    ShardFollowerTest(@TempDir Path folder) {
        storage = new FakeStorage(folder.resolve("storage"));
        node = new TestIndexNode("i1", folder.resolve("i1"), storage, 1_000_000);
        follower = node.follower();
    }

    @AfterEach
    void close() {
        node.close();
        storage.close();
    }

    private static List<String> keys(SegmentView view) {
        return view.first(100, Optional.empty(), () -> false).stream()
                .map(SegmentHit::key)
                .map(key -> key.getStringKey())
                .toList();
    }

    private SegmentView viewAt(long seq) throws Exception {
        return follower.viewAt(seq).get(20, TimeUnit.SECONDS);
    }

    @Test
    void aViewHasWhatWasThereBeforeAndWhatCameAfter() throws Exception {
        for (int i = 1; i <= 5; i++) {
            storage.put(i, i);
        }
        storage.delete(2);
        follower.start();
        await(() -> !follower.isBuilding());
        assertThat(keys(viewAt(6))).containsExactly("k1", "k3", "k4", "k5");
        CompletableFuture<SegmentView> waiting = follower.viewAt(8);
        assertThat(waiting).isNotDone();
        storage.delete(3);
        storage.put(6, 6);
        SegmentView view = waiting.get(20, TimeUnit.SECONDS);
        assertThat(view.watermark()).isEqualTo(8);
        assertThat(keys(view)).containsExactly("k1", "k4", "k5", "k6");
    }

    @Test
    void anEmptyShardHasAViewToo() throws Exception {
        follower.start();
        assertThat(viewAt(0).records()).isZero();
        await(() -> !follower.isBuilding());
    }

    @Test
    void whenTheFeedIsTrimmedTheOldViewServesUntilTheNewOneIsWhole() throws Exception {
        storage.put(1, 1);
        follower.start();
        SegmentView old = viewAt(1);
        CompletableFuture<Void> scansMayGoOn = new CompletableFuture<>();
        storage.scansMayGoOn = scansMayGoOn;
        int scans = storage.scans.get();
        synchronized (storage) {
            storage.put(2, 2);
            storage.delete(1);
            storage.trim();
        }
        CompletableFuture<SegmentView> waiting = follower.viewAt(3);
        await(() -> storage.scans.get() > scans);
        assertThat(waiting).isNotDone();
        assertThat(keys(follower.view().orElseThrow())).isEqualTo(keys(old));
        scansMayGoOn.complete(null);
        assertThat(keys(waiting.get(20, TimeUnit.SECONDS))).containsExactly("k2");
    }

    @Test
    void theChangesFromTheLoadOnAreHeldBeforeTheRestOfTheLoad() throws Exception {
        for (int i = 1; i <= 5; i++) {
            storage.put(i, i);
        }
        storage.scansMayGoOn = new CompletableFuture<>();
        follower.start();
        await(() -> storage.scans.get() == 1);
        assertThat(storage.held).isEmpty();
        storage.scansMayGoOn.complete(null);
        viewAt(5);
        assertThat(storage.held).containsExactly(Map.entry("index/i1", 5L));
        assertThat(storage.scansWithoutLease).hasValue(1);
    }

    @Test
    void aShardThatTakesNoMoreLeasesIsFollowedWithoutOne() throws Exception {
        storage.refusesLeases = true;
        storage.put(1, 1);
        follower.start();
        viewAt(1);
        int scans = storage.scans.get();
        assertThat(keys(viewAt(storage.put(2, 2)))).containsExactly("k1", "k2");
        assertThat(storage.scans).hasValue(scans);
        assertThat(storage.held).isEmpty();
    }

    @Test
    void whoseShardIsServedNoMoreGivesItsLeaseBack() throws Exception {
        follower.start();
        viewAt(0);
        assertThat(storage.held).containsOnlyKeys("index/i1");
        follower.closeForGood();
        await(storage.held::isEmpty);
    }

    @Test
    void aLoadThatBreaksOffIsBegunAnewAndNeverServedInPart() throws Exception {
        for (int i = 1; i <= 7; i++) {
            storage.put(i, i);
        }
        storage.failingPages.set(2);
        follower.start();
        assertThat(viewAt(0).records()).isEqualTo(7);
    }

    @Test
    void whoWaitsForAFollowerThatClosesIsToldSo() {
        follower.start();
        CompletableFuture<SegmentView> waiting = follower.viewAt(1_000);
        follower.close();
        await(waiting::isDone);
        VectorDbException failure = GrpcErrors.fromThrowable(waiting.exceptionNow());
        assertThat(failure.code()).isEqualTo(ErrorCode.SHARD_UNAVAILABLE);
        assertThat(follower.viewAt(1_000)).isCompletedExceptionally();
    }

    @Test
    void whoWouldRatherAskAnotherNodeIsToldThatTheViewIsStillBeingMade() throws Exception {
        storage.put(1, 1);
        Freshness unlessStarting =
                Freshness.newBuilder().setMinSeq(1).setUnlessStarting(true).build();
        CompletableFuture<SegmentView> refused = ViewWait.await(follower, unlessStarting);
        assertThat(GrpcErrors.fromThrowable(refused.exceptionNow()).code()).isEqualTo(ErrorCode.STARTING);
        follower.start();
        await(() -> !follower.isBuilding());
        assertThat(ViewWait.await(follower, unlessStarting)
                        .get(20, TimeUnit.SECONDS)
                        .records())
                .isEqualTo(1);
    }

    @Test
    void aBoundedReadWaitsUntilTheFeedWasConfirmedLately() throws Exception {
        CompletableFuture<SegmentView> waiting = ViewWait.await(
                follower,
                Freshness.newBuilder().setMaxStalenessMicros(1_000_000).build());
        assertThat(waiting).isNotDone();
        storage.put(1, 1);
        follower.start();
        assertThat(waiting.get(20, TimeUnit.SECONDS).records()).isEqualTo(1);
    }
}
