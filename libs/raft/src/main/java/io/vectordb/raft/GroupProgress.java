package io.vectordb.raft;

/**
 * What a replica is in its group, and how far its log goes.
 *
 * @param role {@code leader}, {@code follower}, {@code candidate} or {@code listener}
 * @param logEnd the last entry that it has, whether a majority confirmed it or not
 */
public record GroupProgress(String role, LogPosition logEnd) {}
