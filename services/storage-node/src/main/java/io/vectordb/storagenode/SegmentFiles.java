package io.vectordb.storagenode;

import io.grpc.BindableService;
import io.grpc.Channel;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.disks.DiskSet;
import io.vectordb.internal.metadata.v1.ClusterState;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.rpc.ChannelFactory;
import io.vectordb.segmentstore.ContentHash;
import io.vectordb.segmentstore.LostFile;
import io.vectordb.segmentstore.ScrubSettings;
import io.vectordb.segmentstore.ScrubStatistics;
import io.vectordb.segmentstore.Scrubber;
import io.vectordb.segmentstore.SegmentStore;
import io.vectordb.segmentstore.SegmentStoreSettings;
import io.vectordb.segmentstore.StoreStatistics;
import io.vectordb.segmentstore.grpc.SegmentGrpcService;
import io.vectordb.segmentstore.grpc.SegmentTransfer;
import io.vectordb.segmentstore.grpc.TransferSettings;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The segment files of this node: stored over its disks, served to other nodes, read through in the background, and fetched
 * from other storage nodes when one is found damaged or its disk is gone. Which files belong here, and which are needed no
 * more, is the affair of {@link SegmentUpkeep}. Thread-safe.
 */
final class SegmentFiles implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SegmentFiles.class);
    private static final int THREADS = 2;
    private static final int QUEUE = 256;
    private static final long EXPIRE_SECONDS = 60;
    private static final long RETRY_SECONDS = 60;

    private final SegmentStore store;
    private final Scrubber scrubber;
    private final String nodeId;
    private final Supplier<ClusterState> cluster;
    private final ChannelFactory channels;
    private final SegmentTransfer transfer = new SegmentTransfer(TransferSettings.DEFAULT);
    /** What is found lost while the store opens waits until it is open. */
    private volatile boolean opened;

    private final Set<LostFile> wanted = ConcurrentHashMap.newKeySet();
    /** Writes of files that are being put here. */
    private final ThreadPoolExecutor writers = new ThreadPoolExecutor(
            THREADS,
            THREADS,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(QUEUE),
            Thread.ofPlatform().daemon().name("segment-write-", 0).factory());

    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("segment-files").factory());

    /** @param cluster the newest state of the metadata, which names the other storage nodes */
    SegmentFiles(
            DiskSet disks,
            String nodeId,
            SegmentStoreSettings settings,
            ScrubSettings scrubbing,
            Supplier<ClusterState> cluster,
            ChannelFactory channels) {
        this.nodeId = nodeId;
        this.cluster = cluster;
        this.channels = channels;
        store = SegmentStore.open(disks, settings, this::lost);
        scrubber = new Scrubber(store, scrubbing);
        scrubber.start();
        opened = true;
        executor.scheduleWithFixedDelay(this::fetchWanted, 0, RETRY_SECONDS, TimeUnit.SECONDS);
        executor.scheduleWithFixedDelay(store::expireUploads, EXPIRE_SECONDS, EXPIRE_SECONDS, TimeUnit.SECONDS);
    }

    SegmentStore store() {
        return store;
    }

    BindableService service() {
        return new SegmentGrpcService(store, writers);
    }

    /** Files that were lost here and could not be fetched yet. */
    int wanted() {
        return wanted.size();
    }

    private void lost(LostFile file) {
        wanted.add(file);
        if (opened) {
            executor.execute(this::fetchWanted);
        }
    }

    /**
     * Fetches what is missing here of a segment.
     *
     * @throws VectorDbException {@code SEGMENT_NOT_FOUND} when no other storage node has it, and others
     */
    void fetchSegment(String shardUid, ContentHash segment) {
        List<Channel> sources = sources(shardUid);
        if (sources.isEmpty()) {
            throw new VectorDbException(
                    ErrorCode.SEGMENT_NOT_FOUND,
                    "there is no other storage node that could have segment " + segment,
                    Map.of("hash", segment.hex()));
        }
        transfer.fetchSegment(sources, segment, store);
    }

    /** The other storage nodes; those with replicas of the shard, which keep its files, come first. */
    private List<Channel> sources(String shardUid) {
        ClusterState state = cluster.get();
        Set<String> preferred = state.getCollectionsList().stream()
                .flatMap(collection -> collection.getShardsList().stream())
                .filter(shard -> shard.getUid().equals(shardUid))
                .flatMap(shard -> shard.getStorageNodesList().stream())
                .collect(Collectors.toSet());
        return state.getNodesList().stream()
                .filter(node -> node.getService() == Node.Service.STORAGE)
                .filter(node -> !node.getId().equals(nodeId))
                .sorted(Comparator.comparing(node -> !preferred.contains(node.getId())))
                .<Channel>map(node -> channels.channel(node.getRpcAddress()))
                .toList();
    }

    /** Gives up lost files that nobody needs any more. */
    void forgetWantedBut(Set<ContentHash> live) {
        wanted.removeIf(file -> !live.contains(file.hash()));
    }

    private void fetchWanted() {
        List<Channel> sources = sources("");
        for (LostFile file : sources.isEmpty() ? Set.<LostFile>of() : Set.copyOf(wanted)) {
            try {
                transfer.fetch(sources, file.hash(), store);
                wanted.remove(file);
                LOG.info("segment file {} is here again", file.hash());
            } catch (RuntimeException e) {
                LOG.warn("segment file {} was lost and cannot be fetched yet: {}", file.hash(), e.toString());
            }
        }
    }

    void register(MeterRegistry meters) {
        gauge(meters, "vectordb.storage.segments.files", "Segment files here", StoreStatistics::files);
        gauge(meters, "vectordb.storage.segments.bytes", "Size of the segment files here", StoreStatistics::bytes);
        gauge(meters, "vectordb.storage.segments.mapped.bytes", "Of these, mapped now", StoreStatistics::mappedBytes);
        Gauge.builder("vectordb.storage.segments.wanted", this, SegmentFiles::wanted)
                .description("Segment files that were lost here and could not be fetched again yet")
                .register(meters);
        FunctionCounter.builder(
                        "vectordb.storage.segments.lost",
                        store,
                        each -> each.statistics().lostFiles())
                .description("Segment files found damaged, or gone with their disk")
                .register(meters);
        FunctionCounter.builder(
                        "vectordb.storage.segments.scrubbed",
                        scrubber,
                        each -> each.statistics().stream()
                                .mapToLong(ScrubStatistics::verifiedBytes)
                                .sum())
                .baseUnit("bytes")
                .description("Read through in the background and compared with checksums")
                .register(meters);
    }

    private void gauge(MeterRegistry meters, String name, String description, ToDoubleFunction<StoreStatistics> value) {
        Gauge.builder(name, store, each -> value.applyAsDouble(each.statistics()))
                .description(description)
                .register(meters);
    }

    @Override
    public void close() {
        executor.shutdownNow();
        scrubber.close();
        writers.shutdownNow();
        store.close();
    }
}
