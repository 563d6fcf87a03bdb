package io.vectordb.raft;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.proto.RaftProtos.CommitInfoProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftConfiguration;
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
import org.apache.ratis.util.ProtoUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ties a {@link ReplicatedState} to Ratis.
 *
 * <p>Ratis applies a group's entries on one thread. A failed future from {@link #applyTransaction} would be logged and
 * skipped, and an exception would close this replica only and leave a process that looks well: so every failure of the
 * state goes to the {@link FatalErrorHandler} first, and is then thrown.
 *
 * <p>After {@link #initialize} the durable position of the state is reported as the latest snapshot, since Ratis replays
 * from there. Ratis' snapshots are nothing but a sync of the state. The state's folder lies outside Ratis' own; a member
 * whose log cannot be continued fetches a copy of it by {@link SnapshotReceiver}.
 */
final class GroupStateMachine extends BaseStateMachine {

    private static final Logger LOG = LoggerFactory.getLogger("io.vectordb.raft");
    private static final long RETRY_MILLIS = 1_000;

    private final GroupId group;
    private final GroupDirectory directory;
    private final ReplicatedState state;
    private final GroupContext context;
    private final FatalErrorHandler fatal;
    private final LeadershipListener leadership;
    private final Optional<SnapshotSender> sender;
    private final LogMargin margin;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile LogPosition opened = LogPosition.NONE;
    private volatile LogPosition durable = LogPosition.NONE;
    private volatile long receivedNanos;
    private volatile boolean dismissed;
    private final AtomicLong bytesSinceSync = new AtomicLong();

    GroupStateMachine(GroupDirectory directory, ReplicatedState state, GroupContext context) {
        this.group = directory.group();
        this.directory = directory;
        this.state = state;
        this.context = context;
        this.fatal = context.fatal();
        this.leadership = context.leadership();
        this.margin = new LogMargin(
                context.settings().keepEntries(), context.settings().keepBytes());
        this.sender = state instanceof CheckpointedState copied
                ? Optional.of(new SnapshotSender(group, copied, directory.outgoing(), this::appliedIndex, this::voters))
                : Optional.empty();
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

    /** Called on the thread that applies, after a copy of the state was received: puts it in the state's place. */
    @Override
    public void reinitialize() {
        try {
            getLifeCycle().startAndTransition(() -> {
                state.close();
                sender.ifPresent(SnapshotSender::close);
                directory.finishInstall();
                openState();
            });
            receivedNanos = 0;
            LOG.info("Group {}: goes on from the copy as of {}", group, opened);
        } catch (IOException | RuntimeException | Error e) {
            throw stop("cannot take in the copy that it received", e);
        }
    }

    /**
     * Ratis tells that the leader's log begins at {@code first}: fetches a copy of the leader's state, unless the log will
     * do. Returns at once; a failure makes Ratis tell again.
     */
    @Override
    public CompletableFuture<TermIndex> notifyInstallSnapshotFromLeader(RoleInfoProto role, TermIndex first) {
        // Ratis tells a new member even when the leader's log is whole. Null: no copy, the log will do.
        if (first.getIndex() <= appliedIndex() + 1) {
            return CompletableFuture.completedFuture(null);
        }
        if (!(state instanceof CheckpointedState copied)) {
            return CompletableFuture.failedFuture(
                    new IOException("Group " + group + " lacks entries up to " + first + " and cannot be copied"));
        }
        RaftPeer leader =
                ProtoUtils.toRaftPeer(role.getFollowerInfo().getLeaderInfo().getId());
        LOG.info("Group {}: is at {}, the leader's log begins at {}: copying {}", group, appliedIndex(), first, leader);
        return CompletableFuture.supplyAsync(() -> receive(copied, leader), context.receivers())
                .exceptionallyCompose(e -> {
                    LOG.warn("Group {}: no copy could be fetched from {}", group, leader, e);
                    return CompletableFuture.<TermIndex>supplyAsync(
                            () -> {
                                throw new CompletionException(e);
                            },
                            CompletableFuture.delayedExecutor(RETRY_MILLIS, TimeUnit.MILLISECONDS));
                });
    }

    private TermIndex receive(CheckpointedState copied, RaftPeer leader) {
        try {
            LogPosition position = new SnapshotReceiver(directory, copied).receive(leader);
            receivedNanos = System.nanoTime();
            return TermIndex.valueOf(position.term(), position.index());
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }

    /** Since when a complete copy waits to be taken in; 0: none does. */
    long receivedNanos() {
        return receivedNanos;
    }

    /** Drops copies that were begun for others and are not fetched any more. */
    void expireCopies(long nowNanos) {
        sender.ifPresent(each -> each.expire(nowNanos));
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
            margin.applied(position.index(), data.size());
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
     * Syncs the state and tells Ratis how far it may purge the log.
     *
     * <p>That is a margin behind the durable position, and not past what someone needs who fetches a copy. Where copies
     * cannot be made it is what every member is known to have committed, and nothing while a member was not heard of.
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
        Collection<RaftPeer> members = members(division.getRaftConf());
        if (members.size() == 1) {
            return durable.index();
        }
        if (sender.isPresent()) {
            return Math.min(
                    margin.purgeable(durable.index()), sender.orElseThrow().neededAfter());
        }
        long purgeable = durable.index();
        for (RaftPeer peer : members) {
            purgeable = Math.min(purgeable, committed(division, peer));
        }
        return purgeable;
    }

    private PeerMessages.Members voters() {
        try {
            RaftServer.Division division = getServer().join().getDivision(getGroupId());
            List<String> voters = division.getRaftConf().getAllPeers().stream()
                    .map(peer -> ServerId.nodeOf(peer.getId()))
                    .toList();
            return new PeerMessages.Members(division.getInfo().isLeaderReady(), voters);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Collection<RaftPeer> members(RaftConfiguration conf) {
        List<RaftPeer> members = new ArrayList<>(conf.getAllPeers());
        members.addAll(conf.getAllPeers(RaftPeerRole.LISTENER));
        return members;
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

    /** What replicas ask each other: see {@link PeerMessages}. */
    @Override
    public CompletableFuture<Message> queryStale(Message request, long minIndex) {
        if (sender.isEmpty()) {
            return query(request);
        }
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return sender.orElseThrow().answer(PeerMessages.decode(request.getContent()));
                    } catch (IOException e) {
                        throw new CompletionException(e);
                    }
                },
                context.senders());
    }

    @Override
    public void notifyLeaderChanged(RaftGroupMemberId member, RaftPeerId leader) {
        leadership.onLeader(group, leader.toString(), false);
    }

    @Override
    public void notifyLeaderReady() {
        leadership.onLeader(group, ServerId.nodeOf(getId()), true);
    }

    /** The other members refused this one, since it is none of theirs any more; Ratis then closes it. */
    @Override
    public void notifyServerShutdown(RoleInfoProto role, boolean allServer) {
        if (!allServer) {
            dismissed = true;
        }
    }

    /** Whether the group goes on without this replica. */
    boolean isDismissed() {
        return dismissed;
    }

    @Override
    public void notifyLogFailed(Throwable cause, @Nullable LogEntryProto failedEntry) {
        fatal.onFatal(group.name(), "the log cannot be written", cause);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            sender.ifPresent(SnapshotSender::close);
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
