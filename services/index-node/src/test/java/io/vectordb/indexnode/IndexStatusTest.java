package io.vectordb.indexnode;

import static io.vectordb.indexnode.FakeStorage.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vectordb.internal.index.v1.GetViewsResponse;
import io.vectordb.internal.index.v1.SegmentStatus;
import io.vectordb.internal.index.v1.SegmentStatus.Place;
import io.vectordb.internal.index.v1.ViewStatus;
import io.vectordb.internal.metadata.v1.ClusterState;
import io.vectordb.internal.metadata.v1.CollectionState;
import io.vectordb.v1.Collection;
import io.vectordb.v1.Field;
import io.vectordb.v1.Schema;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.unit.DataSize;

/** What a node tells of the shards that it serves. */
class IndexStatusTest {

    private static final int SEAL_ROWS = 20;

    private final FakeStorage storage;
    private final ShardViews views;
    private final SearchPool pool = new SearchPool(1, 1);
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    IndexStatusTest(@TempDir Path folder) {
        storage = new FakeStorage(folder.resolve("storage"));
        IndexProperties properties = new IndexProperties(
                "i1",
                100,
                1,
                10,
                DataSize.ofMegabytes(100),
                folder.resolve("i1"),
                SEAL_ROWS,
                DataSize.ofMegabytes(100),
                Duration.ofDays(1),
                Duration.ofSeconds(30),
                DataSize.ofMegabytes(100),
                Duration.ofMillis(10));
        SegmentCache files = SegmentCache.in(folder.resolve("i1"), "i1", storage.channels, storage.watch);
        views = new ShardViews(properties, storage.client, files, BuildSteps.NONE);
        IndexMetrics.register(meters, views, pool);
    }

    @AfterEach
    void close() {
        views.close();
        pool.close();
        storage.close();
    }

    private void serve() {
        Schema schema = Schema.newBuilder()
                .addPrimaryKey("id")
                .addFields(Field.newBuilder().setName("id").setType("keyword"))
                .build();
        views.reconcile(ClusterState.newBuilder()
                .addCollections(CollectionState.newBuilder()
                        .setCollection(Collection.newBuilder()
                                .setName("notes")
                                .setSchema(schema)
                                .setSchemaVersion(1))
                        .addShards(storage.shard.toBuilder().addIndexNodes("i1")))
                .build());
    }

    private ViewStatus view() {
        return IndexStatus.of(views).getViews(0);
    }

    private List<SegmentStatus> segments() {
        return view().getSegmentsList();
    }

    private double gauge(String name) {
        return meters.get(name).gauge().value();
    }

    private double segmentsIn(String place) {
        return meters.get("vectordb.index.segments").tag("place", place).gauge().value();
    }

    @Test
    void aNodeTellsWhereTheRowsOfItsShardsAreAndHowCurrentTheyAre() {
        serve();
        for (int i = 0; i < SEAL_ROWS; i++) {
            storage.put(i, i);
        }
        await(() -> segments().size() == 2 && segments().getFirst().getPlace() == Place.FILES);
        long sealed = segments().getFirst().getToSeq();
        storage.put(1, 100);
        storage.delete(2);
        storage.put(50, 50);
        await(() -> view().getServing() && view().getSeq() == storage.position());

        ViewStatus view = view();
        assertThat(view.getShard()).isEqualTo(storage.shard.getUid());
        assertThat(view.getRecords()).isEqualTo(SEAL_ROWS);
        assertThat(view.getOrdinals()).isEqualTo(SEAL_ROWS + 2);
        assertThat(view.getMappedBytes()).isPositive();
        assertThat(view.getSinceConfirmedMicros()).isBetween(0L, 30_000_000L);
        SegmentStatus files = view.getSegments(0);
        assertThat(files.getFromSeq()).isZero();
        assertThat(files.getRows()).isEqualTo(SEAL_ROWS);
        assertThat(files.getLive()).isEqualTo(SEAL_ROWS - 2);
        assertThat(files.getMappedBytes()).isEqualTo(view.getMappedBytes());
        SegmentStatus growing = view.getSegments(1);
        assertThat(growing.getPlace()).isEqualTo(Place.GROWING);
        assertThat(growing.getFromSeq()).isEqualTo(sealed);
        assertThat(growing.getToSeq()).isEqualTo(storage.position());
        assertThat(growing.getRows()).isEqualTo(2);
        assertThat(growing.getLive()).isEqualTo(2);
        assertThat(growing.getMappedBytes()).isZero();
    }

    @Test
    void theMetersAreSumsOverTheShards() {
        assertThat(gauge("vectordb.index.confirmed.age")).isZero();
        serve();
        for (int i = 0; i < SEAL_ROWS; i++) {
            storage.put(i, i);
        }
        await(() -> segmentsIn("files") == 1);
        storage.delete(1);
        await(() -> gauge("vectordb.index.rows.dead") == 1);
        await(() -> gauge("vectordb.index.builds.running") == 0);
        assertThat(segmentsIn("memory")).isEqualTo(1);
        assertThat(gauge("vectordb.index.mapped.bytes")).isPositive();
        assertThat(gauge("vectordb.index.cache.bytes")).isPositive();
        assertThat(gauge("vectordb.index.confirmed.age")).isBetween(0.0, 30.0);
        assertThat(meters.get("vectordb.index.segments.published")
                        .functionCounter()
                        .count())
                .isEqualTo(1);
        assertThat(meters.get("vectordb.index.builds.failed").functionCounter().count())
                .isZero();
    }

    @Test
    void aViewThatIsNotThereYetTellsHowFarItIs() {
        for (int i = 0; i < 5; i++) {
            storage.put(i, i);
        }
        CompletableFuture<Void> scans = new CompletableFuture<>();
        storage.scansMayGoOn = scans;
        serve();
        GetViewsResponse status = IndexStatus.of(views);
        assertThat(status.hasBuild()).isFalse();
        assertThat(status.getViews(0).getServing()).isFalse();
        assertThat(status.getViews(0).getSegmentsList()).isEmpty();
        scans.complete(null);
        await(() -> view().getServing());
        assertThat(view().getRowsLoaded()).isEqualTo(5);
    }

    @Test
    void whatIsBeingBuiltIsTold() {
        serve();
        // Each step of a build is short; one of several dozen is seen.
        int[] key = {0};
        await(() -> {
            storage.put(key[0]++ % 100, key[0]);
            return IndexStatus.of(views).hasBuild();
        });
    }
}
