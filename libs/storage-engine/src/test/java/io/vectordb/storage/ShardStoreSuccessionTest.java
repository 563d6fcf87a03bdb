package io.vectordb.storage;

import static io.vectordb.storage.Ops.delete;
import static io.vectordb.storage.Ops.named;
import static io.vectordb.storage.Ops.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store that the next incarnation of its shard begins with. */
class ShardStoreSuccessionTest {

    private static final ShardIdentity NEXT =
            new ShardIdentity(StoreHarness.SHARD.shardUid(), StoreHarness.SHARD.incarnation() + 1);

    @TempDir
    Path root;

    @Test
    void recordsAndRequestsStayAndTheFeedBeginsAnew() {
        try (StoreHarness harness = new StoreHarness(root.resolve("a"))) {
            harness.apply(put("a", "1"), put("b", "1"));
            harness.apply(put("a", "2"));
            harness.apply(delete("b"));
            harness.apply(named("r1", "h", put("c", "1")));
            harness.store().checkpoint(root.resolve("next"));
            long before = harness.store().lastDataSeq();
            AppliedPosition applied =
                    ShardStore.succeed(root.resolve("next"), StoreHarness.SHARD, NEXT, harness.shared());
            assertThat(applied).isEqualTo(harness.store().applied());
            try (ShardStore next = ShardStore.open(root.resolve("next"), NEXT, harness.shared())) {
                assertThat(next.applied()).isEqualTo(applied);
                assertThat(next.lastDataSeq())
                        .isEqualTo(NEXT.seqAt(applied.index()))
                        .isEqualTo(next.feedFloor())
                        .isGreaterThan(before);
                assertThat(next.get(List.of(Ops.at("a"))).getRecords(0).getSeq())
                        .isEqualTo(harness.seqOf("a"));
                assertThat(next.statistics().liveRecords()).isEqualTo(2);
                assertThat(next.statistics().feedEntries()).isZero();
                assertThat(next.scan(0, com.google.protobuf.ByteString.EMPTY, 10, 1 << 20)
                                .getRecordsCount())
                        .isEqualTo(2);
                // Who followed the feed may have seen what is lost, also behind what this replica had.
                for (long seen : List.of(0L, before, before + 7)) {
                    assertThatThrownBy(() -> next.tail(seen, 1 << 20))
                            .isInstanceOfSatisfying(
                                    VectorDbException.class,
                                    e -> assertThat(e.code()).isEqualTo(ErrorCode.RESYNC));
                }
                long index = applied.index() + 1;
                var repeated = next.apply(2, index, Ops.command(harness.micros(), named("r1", "h", put("c", "1"))));
                assertThat(repeated.getUnits(0).getReplayed()).isTrue();
                next.apply(2, index + 1, Ops.command(harness.micros(), Ops.unit(put("a", "3"))));
                assertThat(next.get(List.of(Ops.at("a"))).getRecords(0).getSeq())
                        .isEqualTo(NEXT.seqAt(index + 1));
                assertThat(next.tail(next.feedFloor(), 1 << 20).getEntriesCount())
                        .isEqualTo(1);
            }
            assertThat(harness.v("a")).isEqualTo("2");
        }
    }

    @Test
    void onlyALaterIncarnationOfTheSameShardComesAfter() {
        try (StoreHarness harness = new StoreHarness(root.resolve("a"))) {
            assertThatThrownBy(() -> ShardStore.succeed(
                            root.resolve("b"), StoreHarness.SHARD, StoreHarness.SHARD, harness.shared()))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void compactionKeepsWhatIsThereAndAClosingStoreEndsIt() {
        try (StoreHarness harness = new StoreHarness(root.resolve("a"))) {
            for (int i = 0; i < 100; i++) {
                harness.apply(put("k" + i % 10, "v" + i));
            }
            harness.store().compact();
            assertThat(harness.v("k3")).isEqualTo("v93");
            assertThat(harness.store().statistics().liveRecords()).isEqualTo(10);
        }
    }
}
