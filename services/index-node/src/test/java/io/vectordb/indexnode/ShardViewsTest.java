package io.vectordb.indexnode;

import static io.vectordb.indexnode.FakeStorage.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.internal.metadata.v1.ClusterState;
import io.vectordb.internal.metadata.v1.CollectionState;
import io.vectordb.v1.Collection;
import io.vectordb.v1.Field;
import io.vectordb.v1.Schema;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.unit.DataSize;

class ShardViewsTest {

    private final FakeStorage storage;
    private final ShardViews views;

    ShardViewsTest(@TempDir Path folder) {
        storage = new FakeStorage(folder.resolve("storage"));
        IndexProperties properties = new IndexProperties(
                "i1",
                100,
                1,
                10,
                DataSize.ofMegabytes(64),
                folder.resolve("i1"),
                1_000,
                DataSize.ofMegabytes(1),
                Duration.ofHours(1),
                Duration.ofSeconds(30),
                DataSize.ofMegabytes(1),
                Duration.ofMillis(10));
        SegmentCache files = SegmentCache.in(folder.resolve("i1"), "i1", storage.channels, storage.watch);
        views = new ShardViews(properties, storage.client, files, BuildSteps.NONE);
    }

    @AfterEach
    void close() {
        views.close();
        storage.close();
    }

    private ClusterState state(String... indexNodes) {
        CollectionState.Builder collection = CollectionState.newBuilder()
                .setCollection(Collection.newBuilder()
                        .setName("notes")
                        .setSchemaVersion(1)
                        .setSchema(Schema.newBuilder()
                                .addPrimaryKey("id")
                                .addFields(Field.newBuilder()
                                        .setName("id")
                                        .setType("keyword")
                                        .setNotNull(true))));
        for (String node : indexNodes) {
            collection.addShards(storage.shard.toBuilder().addIndexNodes(node));
        }
        return ClusterState.newBuilder().addCollections(collection).build();
    }

    @Test
    void aShardThatIsGivenToAnotherNodeIsServedNoMoreAndItsChangesAreNotHeld() {
        views.reconcile(state("i1"));
        await(() -> views.building().isEmpty());
        assertThat(views.all()).hasSize(1);
        assertThat(storage.held).containsOnlyKeys("index/i1");
        views.reconcile(state("i2"));
        assertThat(views.all()).isEmpty();
        await(storage.held::isEmpty);
    }
}
