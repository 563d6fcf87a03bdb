package io.vectordb.raft;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.proto.RaftProtos.CommitInfoProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;

/**
 * Ties a {@link ReplicatedState} to Ratis.
 *
 * <p>Ratis applies a group's entries on one thread. A failed future from {@link #applyTransaction} would be logged and
 * skipped, and an exception would close this replica only and leave a process that looks well: so every failure of the
 * state goes to the {@link FatalErrorHandler} first, and is then thrown.
 *
 * <p>After {@link #initialize} the durable position of the state is reported as the latest snapshot, since Ratis replays
 * from there. Snapshots are nothing but a sync of the state: the state's folder lies outside Ratis' own and is never
 * shipped by it.
 */
final class GroupStateMachine extends BaseStateMachine {

    private final GroupId group;
    private final ReplicatedState state;
    private final FatalErrorHandler fatal;
    private final LeadershipListener leadership;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile LogPosition opened = LogPosition.NONE;
    private volatile LogPosition durable = LogPosition.NONE;
    private final AtomicLong bytesSinceSync = new AtomicLong();

    GroupStateMachine(GroupId group, ReplicatedState state, FatalErrorHandler fatal, LeadershipListener leadership) {
        this.group = group;
        this.state = state;
        this.fatal = fatal;
        this.leadership = leadership;
    }

    ReplicatedState state() {
        return state;
    }

    /** The position that the state had when it was opened. */
    LogPosition opened() {
        return opened;
    }

    long appliedIndex() {
        return getLastAppliedTermIndex().getIndex();
    }

    long entriesSinceSync() {
        return appliedIndex() - durable.index();
    }

    long bytesSinceSync() {
        return bytesSinceSync.get();
    }

    @Override
    public void initialize(RaftServer server, RaftGroupId groupId, RaftStorage storage) throws IOException {
        super.initialize(server, groupId, storage);
        getLifeCycle().startAndTransition(this::openState);
    }

    @Override
    public void pause() {
        getLifeCycle().transition(LifeCycle.State.PAUSING);
        getLifeCycle().transition(LifeCycle.State.PAUSED);
    }

    @Override
    public void reinitialize() {
        getLifeCycle().startAndTransition(this::openState);
    }

    private void openState() {
        LogPosition position = state.open();
        opened = position;
        durable = position;
        bytesSinceSync.set(0);
        setLastAppliedTermIndex(TermIndex.valueOf(position.term(), position.index()));
    }

    @Override
    public @Nullable SnapshotInfo getLatestSnapshot() {
        LogPosition position = durable;
        return position.index() < 0 ? null : new DurableState(TermIndex.valueOf(position.term(), position.index()));
    }

    /** Only what this process submits becomes an entry; Ratis' own port takes none. */
    @Override
    public TransactionContext startTransaction(RaftClientRequest request) throws IOException {
        TransactionContext transaction = super.startTransaction(request);
        if (request.getMessage() instanceof Command command) {
            transaction.setStateMachineContext(command);
        } else {
            transaction.setException(new IOException("Commands are taken from the node itself only"));
        }
        return transaction;
    }

    @Override
    public TransactionContext preAppendTransaction(TransactionContext transaction) {
        if (transaction.getStateMachineContext() instanceof Command command) {
            command.markAppended();
        }
        return transaction;
    }

    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
        LogEntryProto entry = transaction.getLogEntry();
        LogPosition position = new LogPosition(entry.getTerm(), entry.getIndex());
        if (position.index() <= opened.index()) {
            return CompletableFuture.completedFuture(Message.EMPTY);
        }
        try {
            ByteString data = entry.getStateMachineLogEntry().getLogData();
            byte[] result = state.apply(position, data.asReadOnlyByteBuffer());
            bytesSinceSync.addAndGet(data.size());
            updateLastAppliedTermIndex(position.term(), position.index());
            return CompletableFuture.completedFuture(Message.valueOf(UnsafeByteOperations.unsafeWrap(result)));
        } catch (RuntimeException | Error e) {
            throw stop("cannot apply the entry at " + position, e);
        }
    }

    @Override
    public void notifyTermIndexUpdated(long term, long index) {
        if (index <= opened.index()) {
            return;
        }
        try {
            state.advance(new LogPosition(term, index));
            updateLastAppliedTermIndex(term, index);
        } catch (RuntimeException | Error e) {
            throw stop("cannot advance to index " + index, e);
        }
    }

    /**
     * Syncs the state and tells Ratis how far it may purge the log: to where every member is known to have committed, and
     * nothing while a member was not heard of.
     */
    @Override
    public long takeSnapshot() throws IOException {
        try {
            durable = state.sync();
            bytesSinceSync.set(0);
        } catch (RuntimeException | Error e) {
            throw stop("cannot be made durable", e);
        }
        RaftServer.Division division = getServer().join().getDivision(getGroupId());
        long purgeable = durable.index();
        for (RaftPeer peer : division.getRaftConf().getAllPeers()) {
            purgeable = Math.min(purgeable, committed(division, peer));
        }
        return purgeable;
    }

    private static long committed(RaftServer.Division division, RaftPeer peer) {
        for (CommitInfoProto info : division.getCommitInfos()) {
            if (RaftPeerId.valueOf(info.getServer().getId()).equals(peer.getId())) {
                return info.getCommitIndex();
            }
        }
        return RaftLog.INVALID_LOG_INDEX;
    }

    /** Reads go past Ratis, behind a barrier: see {@link RaftNode#read}. */
    @Override
    public CompletableFuture<Message> query(Message request) {
        return CompletableFuture.failedFuture(new IOException("Reads are taken from the node itself only"));
    }

    @Override
    public CompletableFuture<Message> queryStale(Message request, long minIndex) {
        return query(request);
    }

    @Override
    public void notifyLeaderChanged(RaftGroupMemberId member, RaftPeerId leader) {
        leadership.onLeader(group, leader.toString(), false);
    }

    @Override
    public void notifyLeaderReady() {
        leadership.onLeader(group, String.valueOf(getId()), true);
    }

    @Override
    public void notifyLogFailed(Throwable cause, @Nullable LogEntryProto failedEntry) {
        fatal.onFatal(group.name(), "the log cannot be written", cause);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            state.close();
        }
    }

    private IllegalStateException stop(String what, Throwable cause) {
        fatal.onFatal(group.name(), what, cause);
        return new IllegalStateException("Group " + group + " " + what, cause);
    }

    /** The state as a snapshot that has no files to ship. */
    private record DurableState(TermIndex position) implements SnapshotInfo {

        @Override
        public TermIndex getTermIndex() {
            return position;
        }

        @Override
        public List<FileInfo> getFiles() {
            return List.of();
        }
    }
}
