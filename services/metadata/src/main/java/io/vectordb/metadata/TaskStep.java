package io.vectordb.metadata;

import io.vectordb.internal.metadata.v1.ShardMembers;
import java.util.Optional;

/** What one step of a task came to. */
sealed interface TaskStep {

    /**
     * Goes on.
     *
     * @param note what it waits for; empty: it does not wait
     */
    record Working(String phase, String note, long bytesDone, long bytesTotal) implements TaskStep {}

    /**
     * It is done.
     *
     * @param members what it made of the voters of a shard; nothing: they are as they were
     */
    record Done(Optional<ShardMembers> members) implements TaskStep {}

    /** All is as it was before. */
    record Undone() implements TaskStep {}
}
