/**
 * Replicated logs: one {@link io.vectordb.raft.RaftNode} per process holds one replica of any number of groups, each of
 * which replicates one {@link io.vectordb.raft.ReplicatedState}. Built on Apache Ratis, of which no type shows here.
 *
 * <p>Ratis logs much at INFO. Applications quieten it by the loggers {@code org.apache.ratis} (everything),
 * {@code org.apache.ratis.server.RaftServer} and {@code RaftServer$Division} (elections, roles), {@code
 * org.apache.ratis.server.impl} (state machine updater, leader state, snapshots), {@code
 * org.apache.ratis.server.raftlog} (segments, purges), {@code org.apache.ratis.grpc} (connections; WARN for every retry
 * to a peer that is down) and {@code org.apache.ratis.metrics}. Our own logger is {@code io.vectordb.raft}.
 */
@NullMarked
package io.vectordb.raft;

import org.jspecify.annotations.NullMarked;
