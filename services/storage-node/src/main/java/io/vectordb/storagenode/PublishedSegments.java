package io.vectordb.storagenode;

import io.vectordb.internal.storage.v1.ShardSegments;
import java.util.Map;
import java.util.Optional;

/** What shards with a replica here have published, by the uid of the shard. */
interface PublishedSegments {

    /** As far as replicas can be read now; cheap. */
    Map<String, ShardSegments> readable();

    /**
     * Of all shards that have, or should have, a replica here; nothing when one of them cannot be read, or is not known
     * to be as far as its group was at the call before.
     */
    Optional<Map<String, ShardSegments>> all();
}
