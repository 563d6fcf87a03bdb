package io.vectordb.indexnode;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.disks.DiskSet;
import io.vectordb.disks.DiskSettings;
import io.vectordb.internal.metadata.v1.ClusterUpdate;
import io.vectordb.internal.metadata.v1.MetadataServiceGrpc;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.internal.metadata.v1.WatchRequest;
import io.vectordb.internal.storage.v1.ChangeSegmentsRequest;
import io.vectordb.internal.storage.v1.ChangeSegmentsResponse;
import io.vectordb.internal.storage.v1.DeleteOp;
import io.vectordb.internal.storage.v1.GetSegmentsRequest;
import io.vectordb.internal.storage.v1.GetSegmentsResponse;
import io.vectordb.internal.storage.v1.GetShardStatusRequest;
import io.vectordb.internal.storage.v1.GetShardStatusResponse;
import io.vectordb.internal.storage.v1.HoldFeedRequest;
import io.vectordb.internal.storage.v1.HoldFeedResponse;
import io.vectordb.internal.storage.v1.ReadPositionRequest;
import io.vectordb.internal.storage.v1.ReadPositionResponse;
import io.vectordb.internal.storage.v1.RecordOp;
import io.vectordb.internal.storage.v1.ScanRequest;
import io.vectordb.internal.storage.v1.ScanResponse;
import io.vectordb.internal.storage.v1.SegmentsCommand;
import io.vectordb.internal.storage.v1.SegmentsResult;
import io.vectordb.internal.storage.v1.ShardSegments;
import io.vectordb.internal.storage.v1.StorageServiceGrpc;
import io.vectordb.internal.storage.v1.TailRequest;
import io.vectordb.internal.storage.v1.TailResponse;
import io.vectordb.internal.storage.v1.WriteCommand;
import io.vectordb.internal.storage.v1.WriteUnit;
import io.vectordb.rpc.ChannelFactory;
import io.vectordb.rpc.ClusterWatch;
import io.vectordb.rpc.ErrorServerInterceptor;
import io.vectordb.rpc.MetadataClient;
import io.vectordb.rpc.ShardClient;
import io.vectordb.segmentstore.SegmentStore;
import io.vectordb.segmentstore.SegmentStoreSettings;
import io.vectordb.segmentstore.grpc.SegmentGrpcService;
import io.vectordb.storage.ShardIdentity;
import io.vectordb.storage.ShardStore;
import io.vectordb.storage.StorageResources;
import io.vectordb.v1.Fields;
import io.vectordb.v1.RecordKey;
import io.vectordb.v1.Value;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * One replica of a shard as a storage node has it, store and segment files and all, but without a log that others agree
 * on; two records a page of a scan; trims and failures at a test's word.
 */
final class FakeStorage extends StorageServiceGrpc.StorageServiceImplBase implements AutoCloseable {

    private static final AtomicInteger NAMES = new AtomicInteger();
    private static final int PAGE = 2;
    private static final long TERM = 1;

    final ShardState shard = ShardState.newBuilder()
            .setUid("s")
            .setName("notes-0")
            .addStorageNodes("n")
            .build();
    final ChannelFactory channels = new ChannelFactory();
    final ClusterWatch watch;
    final ShardClient client;
    final SegmentStore files;
    /** Scans wait for this. */
    volatile CompletableFuture<Void> scansMayGoOn = CompletableFuture.completedFuture(null);
    /** So many of the next pages behind the first fail. */
    final AtomicInteger failingPages = new AtomicInteger();

    final AtomicInteger scans = new AtomicInteger();
    /** Pages that were asked for while nobody had a lease. */
    final AtomicInteger scansWithoutLease = new AtomicInteger();

    volatile boolean refusesLeases;
    /** By reader. */
    final Map<String, Long> held = new ConcurrentHashMap<>();

    private final StorageResources resources = new StorageResources(8 << 20, 8 << 20);
    private final ShardStore store;
    private final DiskSet disks;
    private final List<Server> servers = new ArrayList<>();
    private long micros = 1_000_000;

    FakeStorage(Path folder) {
        store = ShardStore.open(folder.resolve("db"), new ShardIdentity("s", 0), resources);
        // Seq 0 means absent, and so does index 0.
        store.advance(TERM, 0);
        disks = DiskSet.open(DiskSettings.of("n", List.of(folder.resolve("disk"))));
        files = SegmentStore.open(disks, SegmentStoreSettings.DEFAULT, lost -> {});
        String name = "fake-storage-" + NAMES.incrementAndGet();
        ClusterUpdate state = ClusterUpdate.newBuilder()
                .setVersion(1)
                .addNodes(Node.newBuilder()
                        .setId("n")
                        .setService(Node.Service.STORAGE)
                        .setRpcAddress(ChannelFactory.IN_PROCESS + name))
                .build();
        serve(name, this, new SegmentGrpcService(files, Runnable::run));
        serve(name + "-metadata", new MetadataServiceGrpc.MetadataServiceImplBase() {
            @Override
            public void watch(WatchRequest request, StreamObserver<ClusterUpdate> observer) {
                observer.onNext(state);
            }
        });
        watch = new ClusterWatch(new MetadataClient(channels, List.of(ChannelFactory.IN_PROCESS + name + "-metadata")));
        client = new ShardClient(channels, watch);
        watch.start();
        await(watch::isSynced);
    }

    private void serve(String name, BindableService... services) {
        InProcessServerBuilder server = InProcessServerBuilder.forName(name).intercept(new ErrorServerInterceptor());
        List.of(services).forEach(server::addService);
        try {
            servers.add(server.build().start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static RecordKey key(int number) {
        return RecordKey.newBuilder().setStringKey("k" + number).build();
    }

    long put(int key, long n) {
        return put(
                key,
                1,
                Fields.newBuilder()
                        .putValues("n", Value.newBuilder().setIntValue(n).build())
                        .build());
    }

    long put(int key, int schemaVersion, Fields fields) {
        return write(RecordOp.newBuilder()
                .setKey(key(key))
                .setSchemaVersion(schemaVersion)
                .setPut(fields));
    }

    long delete(int key) {
        return write(RecordOp.newBuilder().setKey(key(key)).setDelete(DeleteOp.getDefaultInstance()));
    }

    private synchronized long write(RecordOp.Builder op) {
        WriteCommand command = WriteCommand.newBuilder()
                .setTimeMicros(++micros)
                .addUnits(WriteUnit.newBuilder().addOps(op))
                .build();
        return store.apply(TERM, store.applied().index() + 1, command).getSeq();
    }

    /** From now on no feed begins below the present. */
    synchronized void trim() {
        store.trimFeed(0);
    }

    /** Passes so much time for claims. */
    synchronized void pass(Duration time) {
        micros += time.toNanos() / 1_000;
    }

    ShardSegments segments() {
        return store.segments();
    }

    long position() {
        return store.lastDataSeq();
    }

    @Override
    public void readPosition(ReadPositionRequest request, StreamObserver<ReadPositionResponse> observer) {
        answer(
                observer,
                ReadPositionResponse.newBuilder().setSeq(store.lastDataSeq()).build());
    }

    @Override
    public void getShardStatus(GetShardStatusRequest request, StreamObserver<GetShardStatusResponse> observer) {
        answer(observer, GetShardStatusResponse.getDefaultInstance());
    }

    @Override
    public void holdFeed(HoldFeedRequest request, StreamObserver<HoldFeedResponse> observer) {
        if (request.getFromSeq() < store.feedFloor()) {
            observer.onError(new VectorDbException(ErrorCode.RESYNC, "the feed begins at " + store.feedFloor()));
            return;
        }
        if (request.getTtlMillis() == 0) {
            held.remove(request.getReader());
        } else if (refusesLeases) {
            observer.onError(new VectorDbException(ErrorCode.LIMIT_EXCEEDED, "as many readers as it takes"));
            return;
        } else {
            held.put(request.getReader(), request.getFromSeq());
        }
        answer(observer, HoldFeedResponse.getDefaultInstance());
    }

    @Override
    public void getSegments(GetSegmentsRequest request, StreamObserver<GetSegmentsResponse> observer) {
        answer(
                observer,
                GetSegmentsResponse.newBuilder().setSegments(store.segments()).build());
    }

    @Override
    public void changeSegments(ChangeSegmentsRequest request, StreamObserver<ChangeSegmentsResponse> observer) {
        SegmentsResult result = change(request);
        if (result.getRefused().isEmpty()) {
            answer(
                    observer,
                    ChangeSegmentsResponse.newBuilder()
                            .setSegments(result.getSegments())
                            .build());
        } else {
            observer.onError(new VectorDbException(ErrorCode.OPERATION_CONFLICT, result.getRefused()));
        }
    }

    synchronized SegmentsResult change(ChangeSegmentsRequest request) {
        SegmentsCommand.Builder command = SegmentsCommand.newBuilder().setTimeMicros(++micros);
        switch (request.getStepCase()) {
            case CLAIM -> command.setClaim(request.getClaim());
            case SEAL -> command.setSeal(request.getSeal());
            case PUBLISH -> command.setPublish(request.getPublish());
            case STEP_NOT_SET -> throw new IllegalArgumentException("no step");
        }
        return store.apply(TERM, store.applied().index() + 1, command.build());
    }

    @Override
    public void scan(ScanRequest request, StreamObserver<ScanResponse> observer) {
        scans.incrementAndGet();
        if (held.isEmpty()) {
            scansWithoutLease.incrementAndGet();
        }
        if (!request.getAfter().isEmpty() && failingPages.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
            observer.onError(new VectorDbException(ErrorCode.RESYNC, "trimmed meanwhile"));
            return;
        }
        long asOf = request.getAsOfSeq() == 0 ? store.lastDataSeq() : request.getAsOfSeq();
        scansMayGoOn.thenRunAsync(
                () -> answerWith(observer, () -> store.scan(asOf, request.getAfter(), PAGE, request.getMaxBytes())));
    }

    @Override
    public void tail(TailRequest request, StreamObserver<TailResponse> observer) {
        store.changeAfter(request.getFromSeq())
                .completeOnTimeout(null, request.getWaitMillis(), TimeUnit.MILLISECONDS)
                .thenRunAsync(() -> answerWith(observer, () -> read(request)));
    }

    /** Not in the middle of what a test does as one. */
    private synchronized TailResponse read(TailRequest request) {
        return store.tail(request.getFromSeq(), request.getMaxBytes());
    }

    private static <A> void answerWith(StreamObserver<A> observer, Supplier<A> work) {
        A answer;
        try {
            answer = work.get();
        } catch (VectorDbException e) {
            observer.onError(e);
            return;
        }
        answer(observer, answer);
    }

    private static <A> void answer(StreamObserver<A> observer, A answer) {
        observer.onNext(answer);
        observer.onCompleted();
    }

    static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("The condition did not come true in 30 s");
            }
            LockSupport.parkNanos(2_000_000);
        }
    }

    @Override
    public void close() {
        watch.close();
        channels.close();
        servers.forEach(Server::shutdownNow);
        store.close();
        files.close();
        disks.close();
        resources.close();
    }
}
