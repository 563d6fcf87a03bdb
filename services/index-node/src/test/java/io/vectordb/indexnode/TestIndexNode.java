package io.vectordb.indexnode;

import io.vectordb.segment.VectorFieldSpec;
import io.vectordb.vectorindex.HnswParameters;
import io.vectordb.vectorindex.MemoryBudget;
import io.vectordb.vectorindex.Metric;
import io.vectordb.vectorindex.Quantization;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The followers, the builder and the cache of an index node that serves one shard. */
final class TestIndexNode implements AutoCloseable {

    static final VectorFieldSpec VECTOR =
            new VectorFieldSpec("v", Metric.L2, 2, new HnswParameters(8, 40, 1), Quantization.INT4);

    final SegmentCache files;
    final SegmentBuilder builder;
    private final ExecutorService loading = Executors.newSingleThreadExecutor();
    private final ShardFollower follower;

    /** @param sealRows so many rows are sealed */
    TestIndexNode(String id, Path folder, FakeStorage storage, int sealRows) {
        this(id, folder, storage, sealRows, Long.MAX_VALUE);
    }

    /** @param rowBytes what rows may take in memory while there is something to be written */
    TestIndexNode(String id, Path folder, FakeStorage storage, int sealRows, long rowBytes) {
        this(id, folder, storage, sealRows, rowBytes, BuildSteps.NONE);
    }

    TestIndexNode(String id, Path folder, FakeStorage storage, int sealRows, long rowBytes, BuildSteps steps) {
        files = SegmentCache.in(folder, id, storage.channels, storage.watch);
        builder = new SegmentBuilder(
                id,
                files,
                new BuildSettings(sealRows, Long.MAX_VALUE, Duration.ofDays(1), Long.MAX_VALUE, Duration.ofSeconds(30)),
                steps,
                () -> {});
        IndexWork work = new IndexWork(
                MemoryBudget.unlimited(), MemoryBudget.unlimited(), rowBytes, files, builder, loading, steps, () -> {});
        follower = new ShardFollower(
                storage.shard,
                new IndexedFields(1, List.of(VECTOR)),
                new ShardFeed(storage.client, storage.shard, "index/" + id, Duration.ofMillis(10)),
                work);
    }

    ShardFollower follower() {
        return follower;
    }

    @Override
    public void close() {
        follower.close();
        builder.close();
        loading.shutdownNow();
        files.close();
    }
}
