package io.vectordb.indexnode;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vectordb.indexnode.ShardViews.Served;
import io.vectordb.segment.SegmentView;
import java.util.function.ToLongFunction;

/** The meters of an index node; sums over its shards, so that their number stays bounded. */
final class IndexMetrics {

    private IndexMetrics() {}

    static void register(MeterRegistry meters, ShardViews views, SearchPool pool) {
        gauge(meters, views, "vectordb.index.records", "Live records in the views", SegmentView::records);
        gauge(meters, views, "vectordb.index.ordinals", "Rows in the views, live and dead", SegmentView::ordinals);
        gauge(
                meters,
                views,
                "vectordb.index.vector.bytes",
                "Memory of vectors and graphs",
                SegmentView::vectorMemoryBytes);
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
        Gauge.builder("vectordb.index.shards", views, all -> all.all().size())
                .description("Shards that this node serves")
                .register(meters);
        Gauge.builder("vectordb.index.searches.waiting", pool, SearchPool::waiting)
                .description("Searches that wait for a thread")
                .register(meters);
    }

    private static void gauge(
            MeterRegistry meters,
            ShardViews views,
            String name,
            String description,
            ToLongFunction<SegmentView> value) {
        Gauge.builder(
                        name,
                        views,
                        all -> all.all().stream()
                                .map(Served::follower)
                                .flatMap(follower -> follower.view().stream())
                                .mapToLong(value)
                                .sum())
                .description(description)
                .register(meters);
    }
}
