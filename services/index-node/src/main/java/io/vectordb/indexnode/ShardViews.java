package io.vectordb.indexnode;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.ClusterState;
import io.vectordb.internal.metadata.v1.CollectionState;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.rpc.ShardClient;
import io.vectordb.schema.CollectionSchema;
import io.vectordb.segmentstore.ContentHash;
import io.vectordb.v1.Collection;
import io.vectordb.vectorindex.MemoryBudget;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The followers of the shards that metadata assigns to this node; kept in step with it. Thread-safe. */
final class ShardViews implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ShardViews.class);
    private static final int LOADING_QUEUE = 1_000;

    /** A shard that this node serves, with the schema of its collection as of the newest metadata. */
    record Served(ShardFollower follower, CollectionSchema schema) {}

    private final String nodeId;
    private final ShardClient storage;
    private final IndexProperties properties;
    private final IndexWork work;
    private final SegmentCache files;
    private final SegmentBuilder builder;
    private final ThreadPoolExecutor loading = new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(LOADING_QUEUE),
            Thread.ofPlatform().daemon().name("load-segments").factory());

    private final ConcurrentMap<String, Served> served = new ConcurrentHashMap<>();

    /**
     * @param files closed with this
     * @param steps told of each step of the protocol of segments
     */
    ShardViews(IndexProperties properties, ShardClient storage, SegmentCache files, BuildSteps steps) {
        this.nodeId = properties.nodeId();
        this.storage = storage;
        this.properties = properties;
        this.files = files;
        this.builder = new SegmentBuilder(nodeId, files, properties.buildSettings(), steps, this::collect);
        this.work = new IndexWork(
                new MemoryBudget(properties.vectorMemoryBytes() / 2),
                new MemoryBudget(properties.vectorMemoryBytes() / 4),
                properties.rowMemoryBytes(),
                files,
                builder,
                loading,
                steps,
                this::collect);
    }

    /** Removes files that no shard needs any more; while one is still being loaded nobody knows what it will need. */
    private void collect() {
        if (building().isPresent()) {
            return;
        }
        Set<ContentHash> live = new HashSet<>();
        served.values().forEach(each -> each.follower().segmentIds().forEach(id -> live.add(new ContentHash(id))));
        try {
            loading.execute(() -> collect(live));
        } catch (RejectedExecutionException e) {
            LOG.debug("segment files are collected later");
        }
    }

    private void collect(Set<ContentHash> live) {
        try {
            files.collect(live);
        } catch (RuntimeException e) {
            LOG.warn("segment files cannot be collected: {}", e.getMessage());
        }
    }

    /** Follows what is assigned now and nothing else. Called for one state after another. */
    void reconcile(ClusterState state) {
        Set<String> assigned = new HashSet<>();
        for (CollectionState collection : state.getCollectionsList()) {
            for (ShardState shard : collection.getShardsList()) {
                if (shard.getIndexNodesList().contains(nodeId)) {
                    assigned.add(shard.getUid());
                    serve(collection.getCollection(), shard);
                }
            }
        }
        for (String uid : Set.copyOf(served.keySet())) {
            Served gone = assigned.contains(uid) ? null : served.remove(uid);
            if (gone != null) {
                gone.follower().closeForGood();
            }
        }
    }

    private void serve(Collection collection, ShardState shard) {
        Served present = served.get(shard.getUid());
        if (present != null && present.follower().shard().getIncarnation() != shard.getIncarnation()) {
            // It may have seen changes that are lost, and would ask nodes that the shard has left.
            present.follower().close();
            served.remove(shard.getUid());
            present = null;
        }
        if (present != null && present.schema().version() == collection.getSchemaVersion()) {
            return;
        }
        CollectionSchema schema = CollectionSchema.of(collection.getSchema(), collection.getSchemaVersion());
        if (present != null) {
            present.follower().setFields(IndexedFields.of(schema));
            served.put(shard.getUid(), new Served(present.follower(), schema));
            return;
        }
        ShardFollower follower = new ShardFollower(
                shard,
                IndexedFields.of(schema),
                new ShardFeed(storage, shard, "index/" + nodeId, properties.tailWait()),
                work);
        served.put(shard.getUid(), new Served(follower, schema));
        follower.start();
    }

    /** The memory of vectors and graphs that all shards share. */
    MemoryBudget budget() {
        return work.budget();
    }

    SegmentBuilder builder() {
        return builder;
    }

    SegmentCache files() {
        return files;
    }

    /** The served shard of this uid. */
    Served get(String uid) {
        Served shard = served.get(uid);
        if (shard == null) {
            throw new VectorDbException(
                    ErrorCode.SHARD_UNAVAILABLE,
                    "index node " + nodeId + " does not serve shard " + uid,
                    Map.of("shard", uid, "node", nodeId));
        }
        return shard;
    }

    /** All served shards, by name. */
    List<Served> all() {
        Map<String, Served> byName = new TreeMap<>();
        served.values().forEach(each -> byName.put(each.follower().shard().getName(), each));
        return List.copyOf(byName.values());
    }

    /** What keeps this node from answering for all its shards; nothing when all views are complete. */
    Optional<String> building() {
        List<String> without = all().stream()
                .map(Served::follower)
                .filter(ShardFollower::isBuilding)
                .map(ShardFollower::progress)
                .toList();
        return without.isEmpty() ? Optional.empty() : Optional.of("rebuilding " + String.join(", ", without));
    }

    @Override
    public void close() {
        served.values().forEach(each -> each.follower().close());
        served.clear();
        builder.close();
        loading.shutdownNow();
        files.close();
    }
}
