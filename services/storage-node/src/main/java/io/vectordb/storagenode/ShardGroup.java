package io.vectordb.storagenode;

import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.raft.GroupId;
import io.vectordb.storage.ShardIdentity;

/**
 * The name of a shard's Raft group: {@code <shard uid>.<incarnation>}, so that a replica knows who it is before the
 * metadata has been reached.
 */
record ShardGroup(String shardUid, long incarnation) {

    static ShardGroup of(ShardState shard) {
        return new ShardGroup(shard.getUid(), shard.getIncarnation());
    }

    static ShardGroup of(GroupId group) {
        int dot = group.name().lastIndexOf('.');
        return new ShardGroup(
                group.name().substring(0, dot), Long.parseLong(group.name().substring(dot + 1)));
    }

    GroupId id() {
        return GroupId.of(shardUid + "." + incarnation);
    }

    ShardIdentity identity() {
        return new ShardIdentity(shardUid, incarnation);
    }
}
