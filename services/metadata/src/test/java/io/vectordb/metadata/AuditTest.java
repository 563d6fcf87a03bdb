package io.vectordb.metadata;

import static io.vectordb.metadata.Requests.collection;
import static io.vectordb.metadata.Requests.index;
import static io.vectordb.metadata.Requests.storage;
import static io.vectordb.metadata.TestMetadata.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.common.ErrorCode;
import io.vectordb.internal.metadata.v1.AppendAuditRequest;
import io.vectordb.internal.metadata.v1.CreateCollectionRequest;
import io.vectordb.internal.metadata.v1.ListAuditRequest;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.internal.metadata.v1.SucceedShardRequest;
import io.vectordb.v1.AuditEntry;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What administrators did is kept, in a chain that shows what is missing or changed; shards go on by force. */
class AuditTest {

    @TempDir
    Path folder;

    private static AuditEntry append(TestMetadata metadata, String action) {
        return metadata.stub()
                .appendAudit(AppendAuditRequest.newBuilder()
                        .setActor("ann at 127.0.0.1")
                        .setAction(action)
                        .setTarget("shards/orders-0")
                        .setOutcome("begun")
                        .build())
                .getEntry();
    }

    private static List<AuditEntry> list(TestMetadata metadata, long after, int limit) {
        return metadata.stub()
                .listAudit(ListAuditRequest.newBuilder()
                        .setAfterIndex(after)
                        .setLimit(limit)
                        .build())
                .getEntriesList();
    }

    @Test
    void linesAreChainedSurviveARestartAndChangeNoVersion() {
        long version;
        try (TestMetadata metadata = new TestMetadata(folder)) {
            metadata.register(storage("s1"));
            version = metadata.watched().getVersion();
            append(metadata, "transfer_leader");
            append(metadata, "compact_shard");
            assertThat(metadata.watched().getVersion()).isEqualTo(version);
        }
        try (TestMetadata metadata = new TestMetadata(folder)) {
            append(metadata, "unsafe_recover");
            List<AuditEntry> entries = list(metadata, 0, 10);
            assertThat(entries)
                    .extracting(AuditEntry::getAction)
                    .containsExactly("transfer_leader", "compact_shard", "unsafe_recover");
            assertThat(entries).extracting(AuditEntry::getIndex).containsExactly(1L, 2L, 3L);
            String previous = "";
            for (AuditEntry entry : entries) {
                assertThat(entry.getPreviousHash()).isEqualTo(previous);
                assertThat(entry.getHash()).hasSize(64).isEqualTo(AuditChain.hash(entry));
                AuditEntry forged = entry.toBuilder().setActor("bob").build();
                assertThat(AuditChain.hash(forged)).isNotEqualTo(entry.getHash());
                previous = entry.getHash();
            }
            assertThat(list(metadata, 1, 1)).containsExactly(entries.get(1));
            assertThat(list(metadata, 3, 10)).isEmpty();
            assertThat(metadata.watched().getVersion()).isEqualTo(version);
        }
    }

    @Test
    void aShardGoesOnWithOneNodeInItsNextIncarnation() {
        try (TestMetadata metadata = new TestMetadata(folder)) {
            List.of("s1", "s2", "s3").forEach(id -> metadata.register(storage(id)));
            metadata.register(index("i1"));
            ShardState before = metadata.stub()
                    .createCollection(CreateCollectionRequest.newBuilder()
                            .setCollection(collection("orders", 2, 3))
                            .build())
                    .getCollection()
                    .getShards(0);
            SucceedShardRequest request = SucceedShardRequest.newBuilder()
                    .setUid(before.getUid())
                    .setIfIncarnation(1)
                    .setNode("s2")
                    .build();
            ShardState after = metadata.stub().succeedShard(request).getShard();
            assertThat(after.getIncarnation()).isEqualTo(2);
            assertThat(after.getSucceedsIncarnation()).isEqualTo(1);
            assertThat(after.getEpoch()).isEqualTo(before.getEpoch() + 1);
            assertThat(after.getStorageNodesList()).containsExactly("s2");
            assertThat(after.getStorageDisksList())
                    .containsExactly(
                            before.getStorageDisks(before.getStorageNodesList().indexOf("s2")));
            assertThat(metadata.collection("orders").orElseThrow().getShards(0)).isEqualTo(after);
            assertThat(failure(() -> metadata.stub().succeedShard(request)).code())
                    .isEqualTo(ErrorCode.OPERATION_CONFLICT);
            assertThat(failure(() -> metadata.stub()
                                    .succeedShard(request.toBuilder()
                                            .setIfIncarnation(2)
                                            .setNode("s1")
                                            .build()))
                            .code())
                    .isEqualTo(ErrorCode.NODE_NOT_FOUND);
            assertThat(failure(() -> metadata.stub()
                                    .succeedShard(
                                            request.toBuilder().setUid("none").build()))
                            .code())
                    .isEqualTo(ErrorCode.SHARD_NOT_FOUND);
        }
    }
}
