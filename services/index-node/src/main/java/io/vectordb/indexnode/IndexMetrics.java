package io.vectordb.indexnode;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vectordb.indexnode.ShardViews.Served;
import io.vectordb.segment.SegmentView;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/** The meters of an index node; sums over its shards, so that their number stays bounded. */
final class IndexMetrics {

    private static final double NANOS = 1e9;

    private IndexMetrics() {}

    static void register(MeterRegistry meters, ShardViews views, SearchPool pool) {
        ofViews(meters, views);
        segments(meters, views, "files", view -> count(view, true));
        segments(meters, views, "memory", view -> count(view, false));
        memory(meters, views);
        ofBuilds(meters, views);
        Gauge.builder("vectordb.index.shards", views, all -> all.all().size())
                .description("Shards that this node serves")
                .register(meters);
        Gauge.builder("vectordb.index.confirmed.age", views, IndexMetrics::worstSeconds)
                .description("Since the feed of a shard was last confirmed, of the shard that waits longest")
                .baseUnit("seconds")
                .register(meters);
        Gauge.builder("vectordb.index.searches.waiting", pool, SearchPool::waiting)
                .description("Searches that wait for a thread")
                .register(meters);
    }

    private static void ofViews(MeterRegistry meters, ShardViews views) {
        gauge(meters, views, "vectordb.index.records", "Live records in the views", SegmentView::records);
        gauge(meters, views, "vectordb.index.ordinals", "Rows in the views, live and dead", SegmentView::ordinals);
        gauge(
                meters,
                views,
                "vectordb.index.rows.dead",
                "Dead rows in the views",
                view -> (long) view.ordinals() - view.records());
        gauge(
                meters,
                views,
                "vectordb.index.vector.bytes",
                "Memory of vectors and graphs",
                SegmentView::vectorMemoryBytes);
        gauge(meters, views, "vectordb.index.mapped.bytes", "Segment files that are mapped", SegmentView::mappedBytes);
    }

    private static void memory(MeterRegistry meters, ShardViews views) {
        Gauge.builder(
                        "vectordb.index.vector.memory.used",
                        views,
                        all -> all.budget().usedBytes())
                .description("Memory that vectors, codes and graphs have taken from what is set aside for them")
                .baseUnit("bytes")
                .register(meters);
        Gauge.builder(
                        "vectordb.index.vector.memory.limit",
                        views,
                        all -> all.budget().limitBytes())
                .description("Memory that is set aside for vectors, codes and graphs")
                .baseUnit("bytes")
                .register(meters);
        Gauge.builder("vectordb.index.cache.bytes", views, all -> all.files().storedBytes())
                .description("Segment files on this machine; beside a storage node, those that it has")
                .register(meters);
    }

    private static void ofBuilds(MeterRegistry meters, ShardViews views) {
        FunctionCounter.builder(
                        "vectordb.index.segments.published",
                        views,
                        all -> all.builder().published())
                .description("Segments that this node built and published")
                .register(meters);
        FunctionCounter.builder(
                        "vectordb.index.builds.failed",
                        views,
                        all -> all.builder().failed())
                .description("Attempts to build a segment that failed; another one follows each")
                .register(meters);
        Gauge.builder(
                        "vectordb.index.builds.running",
                        views,
                        all -> all.builder().building().isPresent() ? 1 : 0)
                .description("Segments that are being built, 0 or 1")
                .register(meters);
    }

    private static void segments(
            MeterRegistry meters, ShardViews views, String place, ToLongFunction<SegmentView> value) {
        Gauge.builder("vectordb.index.segments", views, sum(value))
                .tag("place", place)
                .description("Segments of the views, in files or in memory")
                .register(meters);
    }

    private static long count(SegmentView view, boolean inFiles) {
        return view.segmentList().stream()
                .filter(segment -> inFiles == (segment.place() == SegmentView.Place.FILES))
                .count();
    }

    private static double worstSeconds(ShardViews views) {
        return views.all().stream()
                .mapToDouble(each -> each.follower().sinceConfirmed().toNanos() / NANOS)
                .max()
                .orElse(0);
    }

    private static void gauge(
            MeterRegistry meters,
            ShardViews views,
            String name,
            String description,
            ToLongFunction<SegmentView> value) {
        Gauge.builder(name, views, sum(value)).description(description).register(meters);
    }

    private static ToDoubleFunction<ShardViews> sum(ToLongFunction<SegmentView> value) {
        return all -> all.all().stream()
                .map(Served::follower)
                .flatMap(follower -> follower.view().stream())
                .mapToLong(value)
                .sum();
    }
}
