package io.vectordb.indexnode;

import com.google.protobuf.ByteString;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.internal.storage.v1.ChangeSegmentsRequest;
import io.vectordb.internal.storage.v1.GetRequest;
import io.vectordb.internal.storage.v1.GetSegmentsRequest;
import io.vectordb.internal.storage.v1.GetShardStatusRequest;
import io.vectordb.internal.storage.v1.HoldFeedRequest;
import io.vectordb.internal.storage.v1.ReadPositionRequest;
import io.vectordb.internal.storage.v1.ScanRequest;
import io.vectordb.internal.storage.v1.ScanResponse;
import io.vectordb.internal.storage.v1.ShardSegments;
import io.vectordb.internal.storage.v1.StorageServiceGrpc;
import io.vectordb.internal.storage.v1.TailRequest;
import io.vectordb.internal.storage.v1.TailResponse;
import io.vectordb.rpc.ShardClient;
import java.time.Duration;
import java.util.Objects;

/** The reading side of one shard's records and change feed. Blocks; for a follower's own thread. */
final class ShardFeed {

    private static final int PAGE_RECORDS = 2_000;
    private static final int PAGE_BYTES = 4 << 20;
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    /** Long enough for a node that is repaired within a working day to go on where it stopped. */
    private static final Duration LEASE = Duration.ofHours(12);

    private final ShardClient storage;
    private final ShardState shard;
    private final String reader;
    private final Duration tailWait;

    /** @param reader under which the shard keeps changes for this feed */
    ShardFeed(ShardClient storage, ShardState shard, String reader, Duration tailWait) {
        this.storage = storage;
        this.shard = shard;
        this.reader = reader;
        this.tailWait = tailWait;
    }

    /**
     * Has the shard keep the changes after {@code fromSeq} for this feed, and no longer those before.
     *
     * @throws io.vectordb.common.VectorDbException {@code RESYNC} when they are not all there any more
     */
    void hold(long fromSeq) {
        HoldFeedRequest request = HoldFeedRequest.newBuilder()
                .setShard(shard.getUid())
                .setReader(reader)
                .setFromSeq(fromSeq)
                .setTtlMillis(LEASE.toMillis())
                .build();
        Objects.requireNonNull(storage.call(shard, StorageServiceGrpc.getHoldFeedMethod(), request, DEADLINE)
                .block());
    }

    /**
     * The newest position of the shard, as its leader has it. As only the leader answers, the calls after this go there
     * too, where changes are known first.
     */
    long position() {
        ReadPositionRequest request =
                ReadPositionRequest.newBuilder().setShard(shard.getUid()).build();
        return Objects.requireNonNull(storage.call(shard, StorageServiceGrpc.getReadPositionMethod(), request, DEADLINE)
                        .block())
                .getSeq();
    }

    /** The published segments, as of a position at least. */
    ShardSegments segments(long minSeq) {
        GetSegmentsRequest request = GetSegmentsRequest.newBuilder()
                .setShard(shard.getUid())
                .setMinSeq(minSeq)
                .build();
        return Objects.requireNonNull(storage.call(shard, StorageServiceGrpc.getGetSegmentsMethod(), request, DEADLINE)
                        .block())
                .getSegments();
    }

    /**
     * Takes one step of building segments; the state after it.
     *
     * @throws io.vectordb.common.VectorDbException {@code OPERATION_CONFLICT} when the state does not admit it
     */
    ShardSegments change(ChangeSegmentsRequest.Builder step) {
        ChangeSegmentsRequest request = step.setShard(shard.getUid()).build();
        return Objects.requireNonNull(
                        storage.call(shard, StorageServiceGrpc.getChangeSegmentsMethod(), request, DEADLINE)
                                .block())
                .getSegments();
    }

    /** About how many records the shard has. */
    long records() {
        GetShardStatusRequest request =
                GetShardStatusRequest.newBuilder().setShard(shard.getUid()).build();
        return Objects.requireNonNull(
                        storage.call(shard, StorageServiceGrpc.getGetShardStatusMethod(), request, DEADLINE)
                                .block())
                .getRecords();
    }

    /** One page of all records as of {@code asOfSeq}, or as of now where that is 0. */
    ScanResponse scan(long asOfSeq, ByteString after) {
        ScanRequest request = ScanRequest.newBuilder()
                .setShard(shard.getUid())
                .setAsOfSeq(asOfSeq)
                .setAfter(after)
                .setMaxRecords(PAGE_RECORDS)
                .setMaxBytes(PAGE_BYTES)
                .setLevel(GetRequest.Level.LOCAL)
                .build();
        return Objects.requireNonNull(storage.call(shard, StorageServiceGrpc.getScanMethod(), request, DEADLINE)
                .block());
    }

    /** The changes after {@code fromSeq}; waits a while for one when there is none. */
    TailResponse tail(long fromSeq) {
        TailRequest request = TailRequest.newBuilder()
                .setShard(shard.getUid())
                .setFromSeq(fromSeq)
                .setWaitMillis((int) tailWait.toMillis())
                .setMaxBytes(PAGE_BYTES)
                .build();
        return Objects.requireNonNull(
                storage.call(shard, StorageServiceGrpc.getTailMethod(), request, DEADLINE.plus(tailWait))
                        .block());
    }
}
