package io.vectordb.coordinator;

import io.vectordb.internal.metadata.v1.CollectionState;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.schema.CollectionSchema;
import io.vectordb.schema.RecordKeys;
import io.vectordb.v1.Collection;
import io.vectordb.v1.RecordKey;
import java.util.List;

/** A collection as one state of the metadata has it: compiled schema and shards. Immutable. */
record CollectionHandle(CollectionState state, CollectionSchema schema) {

    static CollectionHandle of(CollectionState state) {
        Collection collection = state.getCollection();
        return new CollectionHandle(state, CollectionSchema.of(collection.getSchema(), collection.getSchemaVersion()));
    }

    String name() {
        return state.getCollection().getName();
    }

    Collection collection() {
        return state.getCollection();
    }

    /** Whether it may be read and written: nobody fills it from a backup. */
    boolean isReady() {
        return collection().getState() != Collection.State.CREATING;
    }

    /** In the order of their buckets. */
    List<ShardState> shards() {
        return state.getShardsList();
    }

    int bucket(RecordKey key) {
        return RecordKeys.bucket(key, collection().getSettings().getBuckets());
    }

    ShardState shardOf(int bucket) {
        for (ShardState shard : shards()) {
            if (bucket >= shard.getBucketFrom() && bucket < shard.getBucketTo()) {
                return shard;
            }
        }
        throw new IllegalStateException("no shard of " + name() + " owns bucket " + bucket);
    }
}
