package io.vectordb.raft;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.proto.RaftProtos.CommitInfoProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.rpc.CallId;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes who the members of a group are, and who leads it. All changes are asked for at the leader, and elsewhere fail as
 * submissions do.
 *
 * <p>A new member comes in three steps: its node makes an empty replica that listens ({@link RaftNode#addListener}), the
 * leader takes it in as a listener, and once it has caught up promotes it, in the same step dropping the member that it
 * replaces. So no member votes before it has the log, and a majority never consists of new members. Every change compares
 * with the members that it was computed from: of two at once, one fails with {@code OPERATION_CONFLICT}.
 */
public final class GroupMembership {

    /** How far a listener may be behind to be promoted. */
    public static final long PROMOTION_LAG = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger("io.vectordb.raft");
    private static final Duration CHANGE_TIMEOUT = Duration.ofSeconds(90);
    private static final Duration HANDOVER_TIMEOUT = Duration.ofSeconds(10);

    private final RaftServer server;
    private final GroupRegistry groups;
    private final ClientId clientId = ClientId.randomId();

    GroupMembership(RaftServer server, GroupRegistry groups) {
        this.server = server;
        this.groups = groups;
    }

    /** As this replica knows them: at the leader with what it knows of their progress. */
    public List<GroupMember> members(GroupId group) {
        RaftServer.Division division = groups.division(group);
        Map<String, Long> committed = new HashMap<>();
        for (CommitInfoProto info : division.getCommitInfos()) {
            committed.put(info.getServer().getId().toStringUtf8(), info.getCommitIndex());
        }
        RaftConfiguration conf = division.getRaftConf();
        List<GroupMember> members = new ArrayList<>();
        for (RaftPeerRole role : List.of(RaftPeerRole.FOLLOWER, RaftPeerRole.LISTENER)) {
            for (RaftPeer peer : conf.getAllPeers(role)) {
                String id = peer.getId().toString();
                members.add(new GroupMember(
                        ServerId.parse(id),
                        peer.getAddress(),
                        role == RaftPeerRole.FOLLOWER,
                        committed.getOrDefault(id, -1L)));
            }
        }
        members.sort((a, b) -> a.nodeId().compareTo(b.nodeId()));
        return List.copyOf(members);
    }

    /** What the local replica is, and where its log ends. */
    public GroupProgress progress(GroupId group) {
        RaftServer.Division division = groups.division(group);
        TermIndex last;
        try {
            last = division.getRaftLog().getLastEntryTermIndex();
        } catch (IllegalStateException closing) {
            throw RaftErrors.of(group, closing, false);
        }
        // A log that was cut, or begins behind a copy, ends where the state is.
        TermIndex end = last == null ? division.getStateMachine().getLastAppliedTermIndex() : last;
        return new GroupProgress(
                division.getInfo().getCurrentRole().name().toLowerCase(Locale.ROOT),
                new LogPosition(end.getTerm(), end.getIndex()));
    }

    /** Takes in a replica that its node has made; it catches up from the log or by a copy. */
    public CompletableFuture<Void> addListener(GroupId group, RaftPeerAddress listener) {
        return change(group, (_, listeners) -> listeners.add(listener.as(RaftPeerRole.LISTENER)));
    }

    /**
     * Makes a listener a voter.
     *
     * @param replaced the voter that goes in the same step; not the leader
     * @return fails with {@code OPERATION_CONFLICT} while the listener is more than {@link #PROMOTION_LAG} entries behind
     */
    public CompletableFuture<Void> promote(GroupId group, String nodeId, Optional<String> replaced) {
        return change(group, (voters, listeners) -> {
            RaftPeer listener = take(group, listeners, nodeId, "listener");
            refuseLagging(group, nodeId);
            replaced.ifPresent(id -> {
                refuseLeader(group, id);
                take(group, voters, id, "voter");
            });
            voters.add(RaftPeer.newBuilder(listener)
                    .setStartupRole(RaftPeerRole.FOLLOWER)
                    .build());
        });
    }

    /** Takes out a member; not the leader. Its node removes the replica by {@link RaftNode#removeGroup} afterwards. */
    public CompletableFuture<Void> remove(GroupId group, String nodeId) {
        return change(group, (voters, listeners) -> {
            refuseLeader(group, nodeId);
            if (!listeners.removeIf(peer -> isNode(peer, nodeId))) {
                take(group, voters, nodeId, "member");
            }
        });
    }

    /** Hands the leadership to another voter; ends when that one leads, or fails within the timeout. */
    public CompletableFuture<Void> transferLeadership(GroupId group, String nodeId, Duration timeout) {
        try {
            groups.requireLeader(group);
            RaftPeer peer = groups.member(group, nodeId);
            TransferLeadershipRequest request = new TransferLeadershipRequest(
                    clientId,
                    server.getId(),
                    GroupRegistry.ratisId(group),
                    CallId.getAndIncrement(),
                    peer.getId(),
                    timeout.toMillis());
            // Some seconds more than Ratis has, which answers a failed transfer itself.
            return done(group, server.transferLeadershipAsync(request), timeout.plusSeconds(5));
        } catch (IOException | RuntimeException e) {
            return CompletableFuture.failedFuture(RaftErrors.of(group, e, false));
        }
    }

    /**
     * Hands every group that this node leads to another voter, the one that is furthest first, so that nobody has to wait
     * for an election when the node stops. Returns when that is done, or given up after the timeout.
     */
    public void handOver(Duration timeout) {
        List<CompletableFuture<Void>> transfers = new ArrayList<>();
        for (GroupId group : groups.groups()) {
            if (leads(group)) {
                transfers.add(handOver(group, timeout));
            }
        }
        CompletableFuture.allOf(transfers.toArray(CompletableFuture[]::new))
                .completeOnTimeout(null, timeout.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    private boolean leads(GroupId group) {
        try {
            groups.requireLeader(group);
            return true;
        } catch (VectorDbException e) {
            return false;
        }
    }

    /** Begins to hand over one group, if this node leads it. */
    void handOver(GroupId group) {
        if (leads(group)) {
            handOver(group, HANDOVER_TIMEOUT);
        }
    }

    /** Begins to be a follower in one group, if this node leads it. */
    void stepDown(GroupId group) {
        try {
            // Without a successor: Ratis needs no answer of the others for that.
            TransferLeadershipRequest request = new TransferLeadershipRequest(
                    clientId,
                    server.getId(),
                    GroupRegistry.ratisId(group),
                    CallId.getAndIncrement(),
                    null,
                    HANDOVER_TIMEOUT.toMillis());
            server.transferLeadershipAsync(request).exceptionally(e -> {
                LOG.warn("Group {}: could not step down: {}", group, e.toString());
                return null;
            });
        } catch (IOException e) {
            LOG.warn("Group {}: could not step down: {}", group, e.toString());
        }
    }

    /** Tries one after another, each for its share of the time. */
    private CompletableFuture<Void> handOver(GroupId group, Duration timeout) {
        List<GroupMember> successors = members(group).stream()
                .filter(member -> member.voter() && !member.nodeId().equals(ServerId.nodeOf(server.getId())))
                .sorted(Comparator.comparingLong(GroupMember::commitIndex).reversed())
                .toList();
        CompletableFuture<Void> done = CompletableFuture.completedFuture(null);
        if (!successors.isEmpty()) {
            Duration each = timeout.dividedBy(successors.size());
            done = transferLeadership(group, successors.getFirst().nodeId(), each);
            for (GroupMember next : successors.subList(1, successors.size())) {
                done = done.exceptionallyCompose(_ -> transferLeadership(group, next.nodeId(), each));
            }
        }
        return done.exceptionally(e -> {
            LOG.warn("Group {} was not handed over: {}", group, e.toString());
            return null;
        });
    }

    /** Changes the two lists that become the members. */
    private interface Change {
        void apply(List<RaftPeer> voters, List<RaftPeer> listeners);
    }

    private CompletableFuture<Void> change(GroupId group, Change change) {
        try {
            groups.requireLeader(group);
            RaftConfiguration conf = groups.division(group).getRaftConf();
            List<RaftPeer> voters = List.copyOf(conf.getAllPeers(RaftPeerRole.FOLLOWER));
            List<RaftPeer> listeners = List.copyOf(conf.getAllPeers(RaftPeerRole.LISTENER));
            List<RaftPeer> newVoters = new ArrayList<>(voters);
            List<RaftPeer> newListeners = new ArrayList<>(listeners);
            change.apply(newVoters, newListeners);
            // Lists, never arrays: the array form of this call drops the voters.
            SetConfigurationRequest.Arguments arguments = SetConfigurationRequest.Arguments.newBuilder()
                    .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
                    .setServersInCurrentConf(voters)
                    .setListenersInCurrentConf(listeners)
                    .setServersInNewConf(newVoters)
                    .setListenersInNewConf(newListeners)
                    .build();
            return done(
                    group,
                    server.setConfigurationAsync(new SetConfigurationRequest(
                            clientId,
                            server.getId(),
                            GroupRegistry.ratisId(group),
                            CallId.getAndIncrement(),
                            arguments)),
                    CHANGE_TIMEOUT);
        } catch (IOException | RuntimeException e) {
            return CompletableFuture.failedFuture(RaftErrors.of(group, e, false));
        }
    }

    private static CompletableFuture<Void> done(
            GroupId group, CompletableFuture<RaftClientReply> reply, Duration timeout) {
        return reply.thenApply(RaftNode::successful)
                .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .<Void>thenApply(_ -> null)
                .exceptionallyCompose(e -> CompletableFuture.failedFuture(RaftErrors.of(group, e, false)));
    }

    private static RaftPeer take(GroupId group, List<RaftPeer> peers, String nodeId, String what) {
        RaftPeer found = peers.stream()
                .filter(peer -> isNode(peer, nodeId))
                .findFirst()
                .orElseThrow(() -> RaftErrors.notMember(group, nodeId, what));
        peers.remove(found);
        return found;
    }

    private static boolean isNode(RaftPeer peer, String nodeId) {
        return ServerId.nodeOf(peer.getId()).equals(nodeId);
    }

    private void refuseLeader(GroupId group, String nodeId) {
        if (ServerId.nodeOf(server.getId()).equals(nodeId)) {
            throw conflict(group, "Node " + nodeId + " leads group " + group + ": transfer the leadership first");
        }
    }

    private void refuseLagging(GroupId group, String nodeId) {
        long committed = groups.division(group).getRaftLog().getLastCommittedIndex();
        long reached = members(group).stream()
                .filter(member -> member.nodeId().equals(nodeId))
                .mapToLong(GroupMember::commitIndex)
                .findFirst()
                .orElse(-1);
        if (reached < 0 || committed - reached > PROMOTION_LAG) {
            throw conflict(
                    group,
                    "Node " + nodeId + " is at " + reached + " of " + committed + " in group " + group
                            + ", to be promoted it may lack " + PROMOTION_LAG + " entries");
        }
    }

    private static VectorDbException conflict(GroupId group, String message) {
        return new VectorDbException(ErrorCode.OPERATION_CONFLICT, message, Map.of("group", group.name()));
    }
}
