package io.vectordb.raft;

/**
 * The place of an entry in a replicated log.
 *
 * @param term the term of the leader that appended the entry
 * @param index the entry's index, from 0 on and without gaps
 */
public record LogPosition(long term, long index) {

    /** Before the first entry: nothing was applied. */
    public static final LogPosition NONE = new LogPosition(0, -1);
}
