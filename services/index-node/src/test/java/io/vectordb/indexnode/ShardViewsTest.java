package io.vectordb.indexnode;

import static io.vectordb.indexnode.FakeStorage.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.internal.metadata.v1.ClusterState;
import io.vectordb.internal.metadata.v1.CollectionState;
import io.vectordb.v1.Collection;
import io.vectordb.v1.Field;
import io.vectordb.v1.Schema;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class ShardViewsTest {

    private final FakeStorage storage = new FakeStorage();
    private final ShardViews views = new ShardViews(
            new IndexProperties("i1", 100, 1, 10, DataSize.ofMegabytes(64), Duration.ofMillis(10)), storage.client);

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
