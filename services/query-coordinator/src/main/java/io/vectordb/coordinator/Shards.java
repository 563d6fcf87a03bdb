package io.vectordb.coordinator;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.ClusterState;
import io.vectordb.internal.metadata.v1.CollectionState;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.schema.NearNames;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Finds shards among the metadata. */
final class Shards {

    /** A shard and the collection that it belongs to. */
    record Owned(CollectionState collection, ShardState shard) {

        /** The place in the order of all shards: by collection, then by buckets. */
        String place() {
            return collection.getCollection().getName() + "/"
                    + String.format(Locale.ROOT, "%05d", shard.getBucketFrom());
        }

        /** How many replicas it should have. */
        int wanted() {
            return collection.getCollection().getSettings().getReplicas();
        }
    }

    private Shards() {}

    /** All, in their order. */
    static List<Owned> all(ClusterState state) {
        return state.getCollectionsList().stream()
                .flatMap(collection -> collection.getShardsList().stream().map(shard -> new Owned(collection, shard)))
                .sorted(Comparator.comparing(Owned::place))
                .toList();
    }

    /**
     * The shard of this name.
     *
     * @throws VectorDbException {@code SHARD_NOT_FOUND}
     */
    static Owned find(ClusterState state, String name) {
        List<Owned> all = all(state);
        return all.stream()
                .filter(each -> each.shard().getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new VectorDbException(
                        ErrorCode.SHARD_NOT_FOUND,
                        "there is no shard " + name
                                + hint(NearNames.didYouMean(NearNames.of(
                                        name,
                                        all.stream()
                                                .map(each -> each.shard().getName())
                                                .toList()))),
                        Map.of("shard", name)));
    }

    private static String hint(String text) {
        return text.isEmpty() ? "" : "; " + text;
    }
}
