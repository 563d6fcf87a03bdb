package io.vectordb.storagenode;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.stub.StreamObserver;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.storage.v1.ChangeSegmentsRequest;
import io.vectordb.internal.storage.v1.ChangeSegmentsResponse;
import io.vectordb.internal.storage.v1.GetRequest;
import io.vectordb.internal.storage.v1.GetResponse;
import io.vectordb.internal.storage.v1.GetSegmentsRequest;
import io.vectordb.internal.storage.v1.GetSegmentsResponse;
import io.vectordb.internal.storage.v1.GetShardStatusRequest;
import io.vectordb.internal.storage.v1.GetShardStatusResponse;
import io.vectordb.internal.storage.v1.HoldFeedRequest;
import io.vectordb.internal.storage.v1.HoldFeedResponse;
import io.vectordb.internal.storage.v1.LeaseCommand;
import io.vectordb.internal.storage.v1.LeaseResult;
import io.vectordb.internal.storage.v1.ReadPositionRequest;
import io.vectordb.internal.storage.v1.ReadPositionResponse;
import io.vectordb.internal.storage.v1.ScanRequest;
import io.vectordb.internal.storage.v1.ScanResponse;
import io.vectordb.internal.storage.v1.SegmentsCommand;
import io.vectordb.internal.storage.v1.ShardCommand;
import io.vectordb.internal.storage.v1.StorageServiceGrpc;
import io.vectordb.internal.storage.v1.TailRequest;
import io.vectordb.internal.storage.v1.TailResponse;
import io.vectordb.internal.storage.v1.WriteRequest;
import io.vectordb.internal.storage.v1.WriteResponse;
import io.vectordb.raft.GroupId;
import io.vectordb.storage.ShardStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The node's gRPC face. Waits (for the log, for a position, for a change) hold no thread; reads of RocksDB run on the
 * bounded read pool.
 *
 * <p>Positions that leave this node are those of entries with data: a replica waits for such a position without having to
 * know of entries that only the log itself needs.
 */
final class StorageGrpcService extends StorageServiceGrpc.StorageServiceImplBase {

    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);
    /** Left of the deadline of a wait for the read itself, or for saying how far the replica got. */
    private static final long RESERVE_MILLIS = 50;

    private static final int LEAST_PAGE_BYTES = 1;
    private static final int READER_BYTES = 128;
    private static final Duration LONGEST_LEASE = Duration.ofDays(1);

    private final DiskServers node;
    private final ShardReplicas replicas;
    private final ReadPool reads;
    private final WriteCoalescer writes;
    private final Clock clock;

    StorageGrpcService(DiskServers node, ShardReplicas replicas, ReadPool reads, WriteCoalescer writes, Clock clock) {
        this.node = node;
        this.replicas = replicas;
        this.reads = reads;
        this.writes = writes;
        this.clock = clock;
    }

    @Override
    public void write(WriteRequest request, StreamObserver<WriteResponse> observer) {
        GroupId group = replicas.group(request.getShard());
        if (request.getUnitsList().stream()
                .anyMatch(unit -> unit.getOpsList().stream().anyMatch(op -> !op.hasDelete()))) {
            replicas.checkRoom(group);
        }
        Answers.answer(observer, writes.write(group, request.getUnitsList(), timeout()));
    }

    @Override
    public void get(GetRequest request, StreamObserver<GetResponse> observer) {
        GroupId group = replicas.group(request.getShard());
        Answers.answer(
                observer,
                reached(group, request.getLevel(), request.getMinSeq())
                        .thenCompose(reached -> reads.submit(() -> {
                            ShardStore store = replicas.store(group);
                            GetResponse found = store.get(request.getKeysList());
                            return found.toBuilder()
                                    .setSeq(Math.min(found.getSeq(), store.lastDataSeq()))
                                    .build();
                        })));
    }

    @Override
    public void readPosition(ReadPositionRequest request, StreamObserver<ReadPositionResponse> observer) {
        GroupId group = replicas.group(request.getShard());
        Answers.answer(
                observer,
                node.of(group)
                        .barrier(group, timeout())
                        .thenApply(applied -> ReadPositionResponse.newBuilder()
                                .setSeq(replicas.store(group).lastDataSeq())
                                .build()));
    }

    @Override
    public void scan(ScanRequest request, StreamObserver<ScanResponse> observer) {
        GroupId group = replicas.group(request.getShard());
        CompletableFuture<Void> reached = request.getAsOfSeq() == 0
                ? reached(group, request.getLevel(), request.getMinSeq())
                : CompletableFuture.completedFuture(null);
        Answers.answer(
                observer,
                reached.thenCompose(ready -> reads.submit(() -> {
                    ShardStore store = replicas.store(group);
                    long asOf = request.getAsOfSeq() == 0 ? store.lastDataSeq() : request.getAsOfSeq();
                    return store.scan(
                            asOf,
                            request.getAfter(),
                            Math.max(1, request.getMaxRecords()),
                            Math.max(LEAST_PAGE_BYTES, request.getMaxBytes()));
                })));
    }

    @Override
    public void tail(TailRequest request, StreamObserver<TailResponse> observer) {
        GroupId group = replicas.group(request.getShard());
        ShardStore store = replicas.store(group);
        CompletableFuture<Void> changed = request.getWaitMillis() == 0
                ? CompletableFuture.completedFuture(null)
                : store.changeAfter(request.getFromSeq())
                        .completeOnTimeout(null, request.getWaitMillis(), TimeUnit.MILLISECONDS);
        Answers.answer(
                observer,
                changed.thenCompose(ready -> reads.submit(() -> {
                    TailResponse tail =
                            store.tail(request.getFromSeq(), Math.max(LEAST_PAGE_BYTES, request.getMaxBytes()));
                    return tail.toBuilder()
                            .setConfirmedSeq(Math.min(tail.getConfirmedSeq(), store.lastDataSeq()))
                            .build();
                })));
    }

    @Override
    public void holdFeed(HoldFeedRequest request, StreamObserver<HoldFeedResponse> observer) {
        checkLease(request);
        GroupId group = replicas.group(request.getShard());
        if (node.of(group).isLeader(group)) {
            checkFeed(group, request.getFromSeq());
        }
        LeaseCommand command = LeaseCommand.newBuilder()
                .setTimeMicros(ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant()))
                .setReader(request.getReader())
                .setFromSeq(request.getFromSeq())
                .setTtlMicros(TimeUnit.MILLISECONDS.toMicros(request.getTtlMillis()))
                .build();
        byte[] entry = ShardCommand.newBuilder().setLease(command).build().toByteArray();
        Answers.answer(observer, node.of(group).submit(group, entry, timeout()).thenApply(result -> {
            if (isRefused(result)) {
                throw new VectorDbException(
                        ErrorCode.LIMIT_EXCEEDED,
                        "shard " + request.getShard() + " keeps its changes for as many readers as it takes",
                        Map.of("reader", request.getReader()));
            }
            // What was trimmed before the lease was there is not held by it.
            return HoldFeedResponse.newBuilder()
                    .setFeedFromSeq(checkFeed(group, request.getFromSeq()))
                    .build();
        }));
    }

    private static void checkLease(HoldFeedRequest request) {
        int bytes = request.getReaderBytes().size();
        if (bytes == 0 || bytes > READER_BYTES) {
            throw new VectorDbException(
                    ErrorCode.INVALID_VALUE, "a reader's name has 1 to " + READER_BYTES + " bytes, received " + bytes);
        }
        if (request.getTtlMillis() < 0 || request.getTtlMillis() > LONGEST_LEASE.toMillis()) {
            throw new VectorDbException(
                    ErrorCode.INVALID_VALUE,
                    "a lease lasts at most " + LONGEST_LEASE.toMillis() + " ms, received " + request.getTtlMillis());
        }
    }

    private long checkFeed(GroupId group, long fromSeq) {
        long floor = replicas.store(group).feedFloor();
        if (fromSeq < floor) {
            throw new VectorDbException(
                    ErrorCode.RESYNC,
                    "asked from " + fromSeq + ", the change feed begins after " + floor,
                    Map.of("asked", Long.toString(fromSeq), "floor", Long.toString(floor)));
        }
        return floor;
    }

    private static boolean isRefused(byte[] result) {
        try {
            return LeaseResult.parseFrom(result).getRefused();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the answer to a lease cannot be read", e);
        }
    }

    @Override
    public void getSegments(GetSegmentsRequest request, StreamObserver<GetSegmentsResponse> observer) {
        GroupId group = replicas.group(request.getShard());
        Answers.answer(
                observer,
                atLeast(group, request.getMinSeq())
                        .thenCompose(reached -> reads.submit(() -> GetSegmentsResponse.newBuilder()
                                .setSegments(replicas.store(group).segments())
                                .build())));
    }

    @Override
    public void changeSegments(ChangeSegmentsRequest request, StreamObserver<ChangeSegmentsResponse> observer) {
        SegmentsCommand command = SegmentSteps.command(request, clock.instant());
        GroupId group = replicas.group(request.getShard());
        byte[] entry = ShardCommand.newBuilder().setSegments(command).build().toByteArray();
        Answers.answer(
                observer,
                node.of(group)
                        .submit(group, entry, timeout())
                        .thenApply(result -> ChangeSegmentsResponse.newBuilder()
                                .setSegments(SegmentSteps.answer(request.getShard(), result))
                                .build()));
    }

    @Override
    public void getShardStatus(GetShardStatusRequest request, StreamObserver<GetShardStatusResponse> observer) {
        GroupId group = replicas.group(request.getShard());
        Answers.answer(observer, reads.submit(() -> {
            ShardStore store = replicas.store(group);
            return GetShardStatusResponse.newBuilder()
                    .setLeader(node.of(group).isLeader(group))
                    .setLeaderNode(node.of(group).leader(group).orElse(""))
                    .setAppliedSeq(store.lastDataSeq())
                    .setFeedFromSeq(store.feedFloor())
                    .setRecords(store.statistics().liveRecords())
                    .addAllLeases(store.leases())
                    .build();
        }));
    }

    /** Done when the local store is as far as a read of this level has to see. */
    private CompletableFuture<Void> reached(GroupId group, GetRequest.Level level, long minSeq) {
        return switch (level) {
            case LINEARIZABLE, LEVEL_UNSPECIFIED ->
                node.of(group).barrier(group, timeout()).thenAccept(applied -> {});
            case LOCAL -> CompletableFuture.completedFuture(null);
            case AT_LEAST -> atLeast(group, minSeq);
            case UNRECOGNIZED -> throw new IllegalArgumentException("unknown level");
        };
    }

    private CompletableFuture<Void> atLeast(GroupId group, long minSeq) {
        if (minSeq == 0) {
            return CompletableFuture.completedFuture(null);
        }
        ShardStore store = replicas.store(group);
        return store.changeAfter(minSeq - 1)
                .orTimeout(Math.max(1, timeout().toMillis() - RESERVE_MILLIS), TimeUnit.MILLISECONDS)
                .exceptionallyCompose(e -> CompletableFuture.failedFuture(
                        e instanceof TimeoutException ? stale(group, store.lastDataSeq(), minSeq) : e));
    }

    private static VectorDbException stale(GroupId group, long reached, long asked) {
        return new VectorDbException(
                ErrorCode.STALE,
                "the replica of " + group + " is at " + reached + ", the request asked for " + asked,
                Map.of("reached", Long.toString(reached), "asked", Long.toString(asked)));
    }

    private static Duration timeout() {
        Deadline deadline = Context.current().getDeadline();
        return deadline == null
                ? DEFAULT_TIMEOUT
                : Duration.ofMillis(Math.max(1, deadline.timeRemaining(TimeUnit.MILLISECONDS)));
    }
}
