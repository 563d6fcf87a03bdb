package io.vectordb.storage;

import static io.vectordb.storage.Ops.delete;
import static io.vectordb.storage.Ops.named;
import static io.vectordb.storage.Ops.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectordb.internal.storage.v1.GetResponse;
import io.vectordb.internal.storage.v1.TailResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies of a store, and hashes to compare them. */
class ShardStoreCopyTest {

    private static final Executor NEW_THREAD = task -> Thread.ofPlatform().start(task);

    @TempDir
    Path root;

    @Test
    void aCopyHoldsRecordsFeedAndRequests() {
        try (StoreHarness harness = new StoreHarness(root.resolve("a"))) {
            fill(harness);
            harness.store().checkpoint(root.resolve("copy"));
            ContentHash expected = harness.store().hash(NEW_THREAD).join();
            harness.apply(put("later", "1"));
            AppliedPosition position = ShardStore.verify(root.resolve("copy"), StoreHarness.SHARD, harness.shared());
            assertThat(position).isEqualTo(expected.applied());
            try (ShardStore copy = ShardStore.open(root.resolve("copy"), StoreHarness.SHARD, harness.shared())) {
                assertThat(copy.hash(NEW_THREAD).join()).isEqualTo(expected);
                assertThat(copy.tail(0, 1 << 20)).isEqualTo(expectedFeed(harness, copy));
                // What was asked before the copy was made is not done again behind it.
                var answer =
                        copy.apply(1, harness.index(), Ops.command(harness.micros(), named("r1", "h", put("n", "2"))));
                assertThat(answer.getUnits(0).getReplayed()).isTrue();
            }
        }
    }

    private static TailResponse expectedFeed(StoreHarness harness, ShardStore copy) {
        var all = harness.store().tail(0, 1 << 20);
        return all.toBuilder()
                .removeEntries(all.getEntriesCount() - 1)
                .setConfirmedSeq(copy.appliedSeq())
                .build();
    }

    @Test
    void copiesMadeWhileEntriesAreAppliedAreWhole() throws Exception {
        try (StoreHarness harness = new StoreHarness(root.resolve("a"));
                ExecutorService writers = Executors.newSingleThreadExecutor()) {
            AtomicBoolean done = new AtomicBoolean();
            var writing = writers.submit(() -> {
                for (int i = 0; !done.get(); i++) {
                    harness.apply(put("k" + i % 50, "v" + i), put("l" + i % 50, "v" + i));
                }
            });
            try {
                for (int i = 0; i < 5; i++) {
                    expectWhole(harness, root.resolve("copy" + i));
                }
            } finally {
                done.set(true);
            }
            writing.get();
        }
    }

    /** Each entry writes one value to two records, so half of an entry shows. */
    private static void expectWhole(StoreHarness harness, Path copy) {
        long before = harness.store().applied().index();
        harness.store().checkpoint(copy);
        AppliedPosition position = ShardStore.verify(copy, StoreHarness.SHARD, harness.shared());
        assertThat(position.index()).isGreaterThanOrEqualTo(before);
        try (ShardStore store = ShardStore.open(copy, StoreHarness.SHARD, harness.shared())) {
            assertThat(store.lastDataSeq()).isEqualTo(store.appliedSeq());
            for (int k = 0; k < 50; k++) {
                GetResponse pair = store.get(List.of(Ops.at("k" + k), Ops.at("l" + k)));
                assertThat(pair.getRecords(0).getSeq())
                        .isEqualTo(pair.getRecords(1).getSeq());
            }
        }
    }

    @Test
    void aDamagedCopyOrOneOfAnotherShardIsRefused() throws IOException {
        try (StoreHarness harness = new StoreHarness(root.resolve("a"))) {
            fill(harness);
            harness.store().checkpoint(root.resolve("copy"));
            assertThatThrownBy(() ->
                            ShardStore.verify(root.resolve("copy"), new ShardIdentity("other", 3), harness.shared()))
                    .hasMessageContaining("belongs to shard shard-1");
            assertThatThrownBy(() -> ShardStore.verify(root.resolve("none"), StoreHarness.SHARD, harness.shared()))
                    .hasMessageContaining("holds no store");
            flipAByteOfATable(root.resolve("copy"));
            assertThatThrownBy(() -> ShardStore.verify(root.resolve("copy"), StoreHarness.SHARD, harness.shared()))
                    .isInstanceOf(StorageException.class);
            assertThat(harness.v("k1")).isEqualTo("1");
        }
    }

    /** In a file of its own, since those of a copy are links to those of the store. */
    private static void flipAByteOfATable(Path copy) throws IOException {
        List<Path> tables;
        try (var files = Files.list(copy)) {
            tables = files.filter(file -> file.toString().endsWith(".sst")).toList();
        }
        Path table = tables.getFirst();
        byte[] bytes = Files.readAllBytes(table);
        bytes[10] ^= 1;
        Files.delete(table);
        Files.write(table, bytes);
    }

    @Test
    void replicasThatAppliedTheSameHashAlikeHoweverTheyTrim() {
        try (StoreHarness a = new StoreHarness(root.resolve("a"));
                StoreHarness b = new StoreHarness(root.resolve("b"))) {
            fill(a);
            fill(b);
            ContentHash hash = a.store().hash(NEW_THREAD).join();
            assertThat(hash).isEqualTo(b.store().hash(NEW_THREAD).join());
            b.store().trimFeed(2);
            ContentHash trimmed = b.store().hash(NEW_THREAD).join();
            assertThat(trimmed.feedRows()).isLessThan(hash.feedRows());
            assertThat(hash.differences(trimmed)).isEmpty();
        }
    }

    @Test
    void theViewOfAHashIsClosedWhenTheHashIsThere() {
        try (StoreHarness harness = new StoreHarness(root.resolve("a"))) {
            fill(harness);
            int before = NativeScope.openHandles();
            assertThat(harness.store()
                            .hash(NEW_THREAD)
                            .thenApply(_ -> NativeScope.openHandles())
                            .join())
                    .isEqualTo(before);
        }
    }

    @Test
    void whatDiffersIsNamed() {
        try (StoreHarness a = new StoreHarness(root.resolve("a"));
                StoreHarness b = new StoreHarness(root.resolve("b"))) {
            fill(a);
            fill(b);
            a.apply(put("x", "1"));
            b.apply(put("x", "2"));
            assertThat(a.store()
                            .hash(NEW_THREAD)
                            .join()
                            .differences(b.store().hash(NEW_THREAD).join()))
                    .containsExactly("records");
            a.apply(named("r9", "h", put("y", "1")));
            b.apply(put("y", "1"), put("z", "1"));
            assertThat(a.store()
                            .hash(NEW_THREAD)
                            .join()
                            .differences(b.store().hash(NEW_THREAD).join()))
                    .containsExactly("records", "requests", "counters");
        }
    }

    private static void fill(StoreHarness harness) {
        for (int i = 0; i < 10; i++) {
            harness.apply(put("k" + i, Integer.toString(i)));
        }
        harness.apply(put("k3", "new"));
        harness.apply(delete("k4"));
        harness.apply(named("r1", "h", put("n", "1")));
    }
}
