package io.vectordb.storage;

import io.vectordb.common.Seq;

/**
 * Whose state a directory holds.
 *
 * @param shardUid the uid of the shard, which no other shard ever gets
 * @param incarnation the upper part of every seq that the shard gives
 */
public record ShardIdentity(String shardUid, long incarnation) {

    public ShardIdentity {
        if (shardUid.isEmpty()) {
            throw new IllegalArgumentException("the uid of a shard is not empty");
        }
        seq(incarnation, 0);
    }

    /** The seq of the log entry at {@code logIndex}. */
    long seqAt(long logIndex) {
        return seq(incarnation, logIndex);
    }

    private static long seq(long incarnation, long logIndex) {
        return new Seq(incarnation, logIndex).asLong();
    }
}
