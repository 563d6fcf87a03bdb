package io.vectordb.indexnode;

import com.google.protobuf.ByteString;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.ClusterState;
import io.vectordb.internal.metadata.v1.MetadataServiceGrpc;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.internal.metadata.v1.WatchRequest;
import io.vectordb.internal.storage.v1.FeedEntry;
import io.vectordb.internal.storage.v1.GetShardStatusRequest;
import io.vectordb.internal.storage.v1.GetShardStatusResponse;
import io.vectordb.internal.storage.v1.HoldFeedRequest;
import io.vectordb.internal.storage.v1.HoldFeedResponse;
import io.vectordb.internal.storage.v1.ReadPositionRequest;
import io.vectordb.internal.storage.v1.ReadPositionResponse;
import io.vectordb.internal.storage.v1.ScanRequest;
import io.vectordb.internal.storage.v1.ScanResponse;
import io.vectordb.internal.storage.v1.ScannedRecord;
import io.vectordb.internal.storage.v1.StorageServiceGrpc;
import io.vectordb.internal.storage.v1.StoredRecord;
import io.vectordb.internal.storage.v1.TailRequest;
import io.vectordb.internal.storage.v1.TailResponse;
import io.vectordb.internal.storage.v1.VersionedRecord;
import io.vectordb.rpc.ChannelFactory;
import io.vectordb.rpc.ClusterWatch;
import io.vectordb.rpc.ErrorServerInterceptor;
import io.vectordb.rpc.ShardClient;
import io.vectordb.v1.Fields;
import io.vectordb.v1.RecordKey;
import io.vectordb.v1.Value;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** One shard's records and feed in memory, two records a page of a scan; trims and failures at a test's word. */
final class FakeStorage extends StorageServiceGrpc.StorageServiceImplBase implements AutoCloseable {

    private static final AtomicInteger NAMES = new AtomicInteger();
    private static final int PAGE = 2;

    final ShardState shard = ShardState.newBuilder()
            .setUid("s")
            .setName("notes-0")
            .addStorageNodes("n")
            .build();
    final ShardClient client;
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

    private final List<FeedEntry> feed = new ArrayList<>();
    private long floor;
    private long seq;
    private final ChannelFactory channels = new ChannelFactory();
    private final ClusterWatch watch;
    private final List<Server> servers = new ArrayList<>();

    FakeStorage() {
        String name = "fake-storage-" + NAMES.incrementAndGet();
        ClusterState state = ClusterState.newBuilder()
                .setVersion(1)
                .addNodes(Node.newBuilder().setId("n").setRpcAddress(ChannelFactory.IN_PROCESS + name))
                .build();
        serve(name, this);
        serve(name + "-metadata", new MetadataServiceGrpc.MetadataServiceImplBase() {
            @Override
            public void watch(WatchRequest request, StreamObserver<ClusterState> observer) {
                observer.onNext(state);
            }
        });
        watch = new ClusterWatch(channels.channel(ChannelFactory.IN_PROCESS + name + "-metadata"));
        client = new ShardClient(channels, watch);
        watch.start();
        await(watch::isSynced);
    }

    private void serve(String name, BindableService service) {
        try {
            servers.add(InProcessServerBuilder.forName(name)
                    .addService(service)
                    .intercept(new ErrorServerInterceptor())
                    .build()
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static RecordKey key(int number) {
        return RecordKey.newBuilder().setStringKey("k" + number).build();
    }

    synchronized long put(int key, long n) {
        Fields fields = Fields.newBuilder()
                .putValues("n", Value.newBuilder().setIntValue(n).build())
                .build();
        feed.add(FeedEntry.newBuilder()
                .setSeq(++seq)
                .setKey(key(key))
                .setRecord(StoredRecord.newBuilder().setFields(fields))
                .build());
        return seq;
    }

    synchronized long delete(int key) {
        feed.add(FeedEntry.newBuilder().setSeq(++seq).setKey(key(key)).build());
        return seq;
    }

    /** From now on no feed begins below the present. */
    synchronized void trim() {
        floor = seq;
    }

    @Override
    public synchronized void readPosition(ReadPositionRequest request, StreamObserver<ReadPositionResponse> observer) {
        answer(observer, ReadPositionResponse.newBuilder().setSeq(seq).build());
    }

    @Override
    public void getShardStatus(GetShardStatusRequest request, StreamObserver<GetShardStatusResponse> observer) {
        answer(observer, GetShardStatusResponse.getDefaultInstance());
    }

    @Override
    public void holdFeed(HoldFeedRequest request, StreamObserver<HoldFeedResponse> observer) {
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
    public void scan(ScanRequest request, StreamObserver<ScanResponse> observer) {
        scans.incrementAndGet();
        if (held.isEmpty()) {
            scansWithoutLease.incrementAndGet();
        }
        if (!request.getAfter().isEmpty() && failingPages.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
            observer.onError(new VectorDbException(ErrorCode.RESYNC, "trimmed meanwhile"));
            return;
        }
        scansMayGoOn.thenRunAsync(() -> answer(observer, page(request)));
    }

    private synchronized ScanResponse page(ScanRequest request) {
        long asOf = request.getAsOfSeq() == 0 ? seq : request.getAsOfSeq();
        Map<String, VersionedRecord> rows = new TreeMap<>();
        for (FeedEntry entry : feed) {
            String key = entry.getKey().getStringKey();
            if (entry.getSeq() > asOf) {
                break;
            }
            if (entry.hasRecord()) {
                rows.put(
                        key,
                        VersionedRecord.newBuilder()
                                .setKey(entry.getKey())
                                .setSeq(entry.getSeq())
                                .setRecord(entry.getRecord())
                                .build());
            } else {
                rows.remove(key);
            }
        }
        ScanResponse.Builder response = ScanResponse.newBuilder().setAsOfSeq(asOf);
        String after = request.getAfter().toStringUtf8();
        for (Map.Entry<String, VersionedRecord> row : rows.entrySet()) {
            if (row.getKey().compareTo(after) > 0) {
                if (response.getRecordsCount() == PAGE) {
                    ScannedRecord last = response.getRecords(PAGE - 1);
                    return response.setNext(last.getPosition()).build();
                }
                response.addRecords(ScannedRecord.newBuilder()
                        .setRecord(row.getValue())
                        .setPosition(ByteString.copyFromUtf8(row.getKey())));
            }
        }
        return response.build();
    }

    @Override
    public synchronized void tail(TailRequest request, StreamObserver<TailResponse> observer) {
        if (request.getFromSeq() >= floor && request.getFromSeq() >= seq) {
            CompletableFuture.delayedExecutor(request.getWaitMillis(), TimeUnit.MILLISECONDS)
                    .execute(() -> answerTail(request.getFromSeq(), observer));
        } else {
            answerTail(request.getFromSeq(), observer);
        }
    }

    /** A feed that was trimmed while a request waited for changes answers as one that was trimmed before. */
    private synchronized void answerTail(long from, StreamObserver<TailResponse> observer) {
        if (from < floor) {
            observer.onError(new VectorDbException(ErrorCode.RESYNC, "the feed begins at " + floor));
            return;
        }
        answer(
                observer,
                TailResponse.newBuilder()
                        .addAllEntries(feed.stream()
                                .filter(entry -> entry.getSeq() > from)
                                .toList())
                        .setConfirmedSeq(seq)
                        .build());
    }

    private static <A> void answer(StreamObserver<A> observer, A answer) {
        observer.onNext(answer);
        observer.onCompleted();
    }

    static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("The condition did not come true in 20 s");
            }
            LockSupport.parkNanos(2_000_000);
        }
    }

    @Override
    public void close() {
        watch.close();
        channels.close();
        servers.forEach(Server::shutdownNow);
    }
}
