package io.vectordb.storage;

import static io.vectordb.storage.Ops.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardStoreLifecycleTest {

    @TempDir
    Path directory;

    @Test
    void aNewStoreIsEmpty() {
        try (StoreHarness harness = new StoreHarness(directory)) {
            ShardStore store = harness.store();
            assertThat(store.applied()).isEqualTo(AppliedPosition.NONE);
            assertThat(store.appliedSeq()).isZero();
            assertThat(store.lastDataSeq()).isZero();
            assertThat(store.feedFloor()).isZero();
            assertThat(store.sync()).isEqualTo(AppliedPosition.NONE);
            assertThat(store.tail(0, 100).getConfirmedSeq()).isZero();
            assertThat(harness.scan(0, 10)).isEmpty();
            assertThat(store.identity()).isEqualTo(StoreHarness.SHARD);
        }
    }

    @Test
    void aReopenedStoreGoesOnWhereItWas() {
        try (StoreHarness harness = new StoreHarness(directory)) {
            harness.apply(put("a", "1"));
            long seq = harness.seq();
            harness.store().advance(4, 9);
            harness.reopen();
            ShardStore store = harness.store();
            assertThat(store.applied()).isEqualTo(new AppliedPosition(4, 9));
            assertThat(store.lastDataSeq()).isEqualTo(seq);
            assertThat(store.appliedSeq()).isEqualTo(StoreHarness.SHARD.seqAt(9));
            assertThat(store.statistics().liveRecords()).isEqualTo(1);
            assertThat(harness.v("a")).isEqualTo("1");
            store.advance(4, 8);
            assertThat(store.applied()).isEqualTo(new AppliedPosition(4, 9));
        }
    }

    @Test
    void syncTellsWhatIsDurable() {
        try (StoreHarness harness = new StoreHarness(directory)) {
            harness.apply(put("a", "1"));
            assertThat(harness.store().sync()).isEqualTo(new AppliedPosition(1, 1));
        }
    }

    @Test
    void aDirectoryOfAnotherShardIsRefusedAndLeftAlone() {
        try (StoreHarness harness = new StoreHarness(directory)) {
            harness.apply(put("a", "1"));
            harness.store().close();
            for (ShardIdentity other : List.of(new ShardIdentity("shard-2", 3), new ShardIdentity("shard-1", 4))) {
                assertThatThrownBy(() -> ShardStore.open(directory, other, harness.shared()))
                        .isInstanceOf(StorageException.class)
                        .hasMessageContaining("belongs to shard shard-1 incarnation 3, expected shard "
                                + other.shardUid() + " incarnation " + other.incarnation());
            }
            harness.reopen();
            assertThat(harness.v("a")).isEqualTo("1");
        }
    }

    @Test
    void aDirectoryThatIsOpenIsRefused() {
        try (StoreHarness harness = new StoreHarness(directory)) {
            assertThatThrownBy(() -> ShardStore.open(directory, StoreHarness.SHARD, harness.shared()))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining(directory.toString());
        }
    }

    @Test
    void aDirectoryThatIsNoneIsRefused() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "text");
        int handles = NativeScope.openHandles();
        try (StorageResources shared = new StorageResources(1 << 20, 1 << 20)) {
            assertThatThrownBy(() -> ShardStore.open(file, StoreHarness.SHARD, shared))
                    .isInstanceOf(StorageException.class);
        }
        assertThat(NativeScope.openHandles()).isEqualTo(handles);
    }

    @Test
    void aCommandWithoutASeqIsRefused() {
        try (StorageResources shared = new StorageResources(1 << 20, 1 << 20);
                ShardStore store = ShardStore.open(directory, new ShardIdentity("s", 0), shared)) {
            assertThatThrownBy(() -> store.apply(1, 0, Ops.command(1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("seq 0");
            store.advance(1, 0);
            assertThat(store.applied()).isEqualTo(new AppliedPosition(1, 0));
        }
    }

    @Test
    void statisticsTellSizes() {
        try (StoreHarness harness = new StoreHarness(directory)) {
            harness.apply(put("a", "x".repeat(100_000)));
            assertThat(harness.store().statistics().memtableBytes()).isPositive();
            harness.reopen();
            assertThat(harness.store().statistics().sstBytes()).isPositive();
            assertThat(harness.v("a")).hasSize(100_000);
            assertThat(harness.store().statistics().blockCacheBytes()).isPositive();
        }
    }

    @Test
    void readsRunBesideWritesTrimsAndTheEnd() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        try (StoreHarness harness = new StoreHarness(directory);
                ExecutorService threads = Executors.newFixedThreadPool(2)) {
            ShardStore store = harness.store();
            harness.apply(put("a", "0"), put("b", "0"));
            Future<?> reader = threads.submit(() -> {
                while (!stop.get()) {
                    var found = store.get(List.of(Ops.at("a"), Ops.at("b")));
                    assertThat(found.getRecords(0).getRecord())
                            .isEqualTo(found.getRecords(1).getRecord());
                    assertThat(found.getRecords(0).getSeq()).isEqualTo(found.getSeq());
                    assertThat(harness.scan(0, 10).values().stream().distinct()).hasSize(1);
                }
            });
            Future<?> trimmer = threads.submit(() -> {
                while (!stop.get()) {
                    store.trimFeed(10);
                }
            });
            for (int i = 1; i < 2_000; i++) {
                harness.apply(put("a", "" + i), put("b", "" + i));
            }
            stop.set(true);
            reader.get();
            trimmer.get();
        }
    }
}
