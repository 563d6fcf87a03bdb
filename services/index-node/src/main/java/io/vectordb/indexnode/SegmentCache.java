package io.vectordb.indexnode;

import io.grpc.Channel;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.disks.Disk;
import io.vectordb.disks.DiskHealth;
import io.vectordb.disks.DiskSet;
import io.vectordb.disks.DiskSettings;
import io.vectordb.internal.metadata.v1.ClusterState;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.rpc.ChannelFactory;
import io.vectordb.rpc.ClusterWatch;
import io.vectordb.segment.SealedSegment;
import io.vectordb.segment.ShardIndex;
import io.vectordb.segmentstore.ContentHash;
import io.vectordb.segmentstore.OpenSegment;
import io.vectordb.segmentstore.SegmentStore;
import io.vectordb.segmentstore.SegmentStoreSettings;
import io.vectordb.segmentstore.Segments;
import io.vectordb.segmentstore.grpc.SegmentTransfer;
import io.vectordb.segmentstore.grpc.TransferSettings;
import io.vectordb.vectorindex.MemoryBudget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of sealed segments on this machine, by content address: what is not here is fetched from the storage nodes of
 * the shard and checked, and what is built here is put there.
 *
 * <p>Beside a storage node in one process its files are used where they are. Else files are kept in a folder of the index
 * node's own, where a restart finds them; nothing is lost with it.
 *
 * <p>Thread-safe; blocks on disks and network.
 */
final class SegmentCache implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SegmentCache.class);
    /** Longer than it takes to publish what was built. */
    private static final Duration GRACE = Duration.ofMinutes(10);

    /** As many storage nodes have a segment at least before it is published, where the shard has as many. */
    private static final int COPIES = 2;

    private final SegmentStore store;
    private final Segments segments;
    /** Of a store of its own, which it cleans. */
    private final Optional<DiskSet> disks;

    private final Path scratch;
    private final ChannelFactory channels;
    private final Supplier<ClusterState> cluster;
    private final SegmentTransfer transfer = new SegmentTransfer(TransferSettings.DEFAULT);

    private SegmentCache(
            SegmentStore store,
            Optional<DiskSet> disks,
            Path scratch,
            ChannelFactory channels,
            Supplier<ClusterState> cluster) {
        this.store = store;
        this.segments = new Segments(store);
        this.disks = disks;
        this.scratch = scratch;
        this.channels = channels;
        this.cluster = cluster;
        clear(scratch);
    }

    /**
     * Over the files of the storage node in this process.
     *
     * @param scratch a folder for what is being built
     */
    static SegmentCache beside(SegmentStore store, Path scratch, ChannelFactory channels, ClusterWatch cluster) {
        return new SegmentCache(store, Optional.empty(), scratch, channels, cluster::state);
    }

    /**
     * In a folder of its own.
     *
     * @throws VectorDbException {@code INVALID_VALUE} when the folder is used by another node, or cannot be used
     */
    static SegmentCache in(Path folder, String nodeId, ChannelFactory channels, ClusterWatch cluster) {
        Path cache = folder.resolve("segments");
        try {
            Files.createDirectories(cache);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        DiskSet disks = DiskSet.open(DiskSettings.of(nodeId, List.of(cache)));
        Disk disk = disks.disks().getFirst();
        if (disk.health() != DiskHealth.HEALTHY) {
            disks.close();
            throw new VectorDbException(
                    ErrorCode.INVALID_VALUE,
                    "the folder " + cache + " cannot be used for segment files, it is " + disk.health()
                            + ": stop whoever uses it, or name another one as vectordb.index.data-dir");
        }
        SegmentStoreSettings settings = new SegmentStoreSettings(
                GRACE,
                SegmentStoreSettings.DEFAULT.uploadTimeout(),
                SegmentStoreSettings.DEFAULT.maxUploads(),
                Clock.systemUTC());
        SegmentStore store =
                SegmentStore.open(disks, settings, file -> LOG.warn("segment file {} was found damaged", file.hash()));
        return new SegmentCache(store, Optional.of(disks), folder.resolve("building"), channels, cluster::state);
    }

    /**
     * Opens a segment; fetches what of it is not here, or not any more as it should be.
     *
     * @throws VectorDbException {@code SEGMENT_NOT_FOUND} or {@code SEGMENT_CORRUPT} when no storage node of the shard has
     *     it whole, and as {@link SegmentTransfer#fetchSegment}
     */
    SealedSegment open(ShardState shard, ContentHash id, MemoryBudget budget) {
        if (isMissing(id)) {
            fetch(shard, id);
        }
        try {
            return openHere(id, budget);
        } catch (VectorDbException e) {
            if (e.code() != ErrorCode.SEGMENT_CORRUPT && e.code() != ErrorCode.SEGMENT_NOT_FOUND) {
                throw e;
            }
            LOG.warn("{}: segment {} is fetched again: {}", shard.getName(), id, e.getMessage());
            fetch(shard, id);
            return openHere(id, budget);
        }
    }

    private boolean isMissing(ContentHash id) {
        try {
            return !segments.missing(id).isEmpty();
        } catch (VectorDbException e) {
            return true;
        }
    }

    private void fetch(ShardState shard, ContentHash id) {
        transfer.fetchSegment(storageNodes(shard).values().stream().toList(), id, store);
    }

    private SealedSegment openHere(ContentHash id, MemoryBudget budget) {
        OpenSegment open = segments.open(id);
        try {
            Map<String, Path> files = new HashMap<>();
            for (String name : open.manifest().files().keySet()) {
                if (!SealedSegment.checksItself(name)) {
                    open.file(name).verify();
                }
                files.put(name, open.file(name).path());
            }
            return SealedSegment.open(files, budget, open::close);
        } catch (IOException e) {
            open.close();
            throw new VectorDbException(ErrorCode.INTERNAL, "segment " + id + " cannot be opened: " + e, e);
        } catch (VectorDbException e) {
            quarantine(open, e);
            open.close();
            throw e;
        } catch (RuntimeException | Error e) {
            open.close();
            throw e;
        }
    }

    /** A file that the reader of its content found damaged is to be known as such by the store too. */
    private static void quarantine(OpenSegment open, VectorDbException e) {
        if (e.code() != ErrorCode.SEGMENT_CORRUPT) {
            return;
        }
        for (String name : open.manifest().files().keySet()) {
            try {
                open.file(name).verify();
            } catch (VectorDbException damaged) {
                LOG.warn("segment {}, file {}: {}", open.hash(), name, damaged.getMessage());
            }
        }
    }

    /** An empty folder for a segment to be built in. */
    Path scratch() {
        try {
            Files.createDirectories(scratch);
            return Files.createTempDirectory(scratch, "segment-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Removes a folder of {@link #scratch} with all that is in it. */
    static void clear(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Opens what was written, as whoever fetches it will; its records.
     *
     * @throws VectorDbException {@code SEGMENT_CORRUPT} when it is not what was to be built
     */
    static int verify(Path folder, ShardIndex.Build build) throws IOException {
        Map<String, Path> written = new HashMap<>();
        try (Stream<Path> all = Files.list(folder)) {
            all.forEach(file ->
                    written.put(Objects.requireNonNull(file.getFileName()).toString(), file));
        }
        // Without a budget everything stays mapped.
        try (SealedSegment segment = SealedSegment.open(written, new MemoryBudget(0), () -> {})) {
            if (segment.toSeq() != build.toSeq() || segment.exactFromSeq() != build.exactFromSeq()) {
                throw new VectorDbException(ErrorCode.SEGMENT_CORRUPT, "what was written is another segment");
            }
            return segment.rows();
        }
    }

    /** Takes in the files of a folder as a segment. */
    ContentHash put(Path folder) throws IOException {
        return segments.put(folder);
    }

    /** Keeps the files of a segment here, whoever needs them, until this is closed. */
    OpenSegment hold(ContentHash id) {
        return segments.open(id);
    }

    long sizeBytes(ContentHash id) {
        return segments.manifest(id).sizeBytes();
    }

    /**
     * Puts a segment at the storage nodes of a shard.
     *
     * @throws VectorDbException what the last node failed with, when too few have it
     */
    void upload(ShardState shard, ContentHash id) {
        Map<String, Channel> targets = storageNodes(shard);
        int wanted = Math.min(COPIES, newest(shard).getStorageNodesCount());
        int copies = 0;
        VectorDbException failure = new VectorDbException(
                ErrorCode.SHARD_UNAVAILABLE, "no storage node of shard " + shard.getName() + " is known");
        for (Map.Entry<String, Channel> node : targets.entrySet()) {
            try {
                transfer.putSegment(node.getValue(), id, store);
                copies++;
            } catch (VectorDbException e) {
                LOG.warn("{}: segment {} cannot be put at {}: {}", shard.getName(), id, node.getKey(), e.getMessage());
                failure = e;
            }
        }
        if (copies < wanted) {
            throw failure;
        }
    }

    /** Its replicas may have moved since the follower of the shard began. */
    private ShardState newest(ShardState shard) {
        return cluster.get().getCollectionsList().stream()
                .flatMap(collection -> collection.getShardsList().stream())
                .filter(each -> each.getUid().equals(shard.getUid()))
                .findFirst()
                .orElse(shard);
    }

    private Map<String, Channel> storageNodes(ShardState shard) {
        Map<String, Channel> found = new LinkedHashMap<>();
        for (String id : newest(shard).getStorageNodesList()) {
            cluster.get().getNodesList().stream()
                    .filter(node -> node.getService() == Node.Service.STORAGE
                            && node.getId().equals(id))
                    .findFirst()
                    .ifPresent(node -> found.put(id, channels.channel(node.getRpcAddress())));
        }
        return found;
    }

    /** Removes files that none of these segments needs, where the store is this node's own. */
    void collect(Set<ContentHash> live) {
        if (disks.isPresent()) {
            store.collect(segments.live(live));
        }
    }

    /** Files here, and their size. */
    long storedBytes() {
        return store.statistics().bytes();
    }

    @Override
    public void close() {
        disks.ifPresent(own -> {
            store.close();
            own.close();
        });
    }
}
