package io.vectordb.coordinator;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.backup.v1.ShardBackup;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.internal.storage.v1.BackupShardRequest;
import io.vectordb.internal.storage.v1.BackupShardResponse;
import io.vectordb.internal.storage.v1.GetShardStatusRequest;
import io.vectordb.internal.storage.v1.ReadPositionRequest;
import io.vectordb.internal.storage.v1.ReadPositionResponse;
import io.vectordb.internal.storage.v1.RestoreShardRequest;
import io.vectordb.internal.storage.v1.RestoreShardResponse;
import io.vectordb.internal.storage.v1.RestoredShard;
import io.vectordb.internal.storage.v1.StorageBackupServiceGrpc;
import io.vectordb.internal.storage.v1.StorageBackupServiceGrpc.StorageBackupServiceBlockingStub;
import io.vectordb.internal.storage.v1.StorageServiceGrpc;
import io.vectordb.rpc.ChannelFactory;
import io.vectordb.rpc.GrpcErrors;
import io.vectordb.rpc.ShardClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The long calls to storage nodes, which tell of their progress. A node that fails is left for the next replica; what was
 * done there is not lost, since files and records that are there already are found again. Blocks; any thread.
 */
final class BackupCalls {

    private static final Duration SHORT = Duration.ofSeconds(20);
    private static final int ROUNDS = 5;
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ChannelFactory channels;
    private final Catalog catalog;
    private final ShardClient storage;
    private final Duration timeout;

    BackupCalls(ChannelFactory channels, Catalog catalog, ShardClient storage, Duration timeout) {
        this.channels = channels;
        this.catalog = catalog;
        this.storage = storage;
        this.timeout = timeout;
    }

    /** The seq of the last write that was acknowledged before this call. */
    long position(ShardState shard) {
        ReadPositionResponse answer = storage.call(
                        shard,
                        StorageServiceGrpc.getReadPositionMethod(),
                        ReadPositionRequest.newBuilder()
                                .setShard(shard.getUid())
                                .build(),
                        SHORT)
                .block();
        if (answer == null) {
            throw new IllegalStateException("a call without an answer");
        }
        return answer.getSeq();
    }

    /** @param preferredNode whose replica is copied if possible; empty: a follower's */
    ShardBackup backUp(ShardState shard, BackupShardRequest request, String preferredNode, Consumer<Long> bytes) {
        return anywhere(inOrder(shard, preferredNode), node -> {
            @Nullable BackupShardResponse last = null;
            for (Iterator<BackupShardResponse> answers = stub(node).backupShard(request); answers.hasNext(); ) {
                last = answers.next();
                bytes.accept(last.getBytesDone());
            }
            if (last == null || !last.hasBackup()) {
                throw new VectorDbException(ErrorCode.INTERNAL, "node " + node + " ended without a result");
            }
            return last.getBackup();
        });
    }

    RestoredShard restore(ShardState shard, RestoreShardRequest request, Consumer<Long> records) {
        return anywhere(leaderFirst(shard), node -> {
            @Nullable RestoreShardResponse last = null;
            for (Iterator<RestoreShardResponse> answers = stub(node).restoreShard(request); answers.hasNext(); ) {
                last = answers.next();
                records.accept(last.getRecordsDone());
            }
            if (last == null || !last.hasRestored()) {
                throw new VectorDbException(ErrorCode.INTERNAL, "node " + node + " ended without a result");
            }
            return last.getRestored();
        });
    }

    private static <A> A anywhere(List<String> nodes, Function<String, A> call) {
        for (int attempt = 1; ; attempt++) {
            String node = nodes.get((attempt - 1) % nodes.size());
            try {
                return call.apply(node);
            } catch (RuntimeException e) {
                VectorDbException error = GrpcErrors.fromThrowable(e);
                boolean again = isPassing(error.code()) && attempt < ROUNDS * nodes.size();
                if (!again || Thread.currentThread().isInterrupted()) {
                    throw error;
                }
                if (attempt % nodes.size() == 0) {
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            }
        }
    }

    private static boolean isPassing(ErrorCode code) {
        return switch (code) {
            case NOT_LEADER, STALE, SHARD_UNAVAILABLE, STARTING, OVERLOADED -> true;
            default -> false;
        };
    }

    /** The leader has enough to do, so it comes last. */
    private List<String> inOrder(ShardState shard, String preferredNode) {
        List<String> nodes = new ArrayList<>(leaderFirst(shard).reversed());
        if (nodes.remove(preferredNode)) {
            nodes.addFirst(preferredNode);
        }
        return nodes;
    }

    private List<String> leaderFirst(ShardState shard) {
        List<String> nodes = new ArrayList<>(shard.getStorageNodesList());
        GetShardStatusRequest request =
                GetShardStatusRequest.newBuilder().setShard(shard.getUid()).build();
        storage.call(shard, StorageServiceGrpc.getGetShardStatusMethod(), request, SHORT)
                .blockOptional()
                .map(status -> status.getLeaderNode())
                .filter(nodes::remove)
                .ifPresent(nodes::addFirst);
        return nodes;
    }

    private StorageBackupServiceBlockingStub stub(String nodeId) {
        String address = catalog.state().getNodesList().stream()
                .filter(node -> node.getId().equals(nodeId))
                .map(Node::getRpcAddress)
                .findFirst()
                .orElseThrow(() -> new VectorDbException(
                        ErrorCode.SHARD_UNAVAILABLE, "node " + nodeId + " is not known", Map.of("node", nodeId)));
        return StorageBackupServiceGrpc.newBlockingStub(channels.channel(address))
                .withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }
}
