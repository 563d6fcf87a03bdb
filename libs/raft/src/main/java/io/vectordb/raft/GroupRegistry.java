package io.vectordb.raft;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.rpc.CallId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The groups of one node: starts those on disk, adds and removes.
 *
 * <p>A group whose log or state cannot be opened is set aside with its reason, and the others start: one damaged file
 * must not cost a node all its shards. Changes are made by one caller at a time; look-ups run beside them.
 */
final class GroupRegistry {

    private static final Logger LOG = LoggerFactory.getLogger("io.vectordb.raft");
    private static final long CHANGE_TIMEOUT_SECONDS = 60;

    private final RaftNodeConfig config;
    private final RaftServer server;
    private final StateFactory states;
    private final GroupContext context;
    private final ReplicaRoster roster;
    private final Map<UUID, GroupStateMachine> machines;
    private final ClientId clientId = ClientId.randomId();
    private final ReentrantLock changes = new ReentrantLock();
    private final Map<GroupId, GroupStateMachine> running = new ConcurrentHashMap<>();
    private final Map<GroupId, String> failed = new ConcurrentHashMap<>();

    /** @param machines where the server looks up the state machine of a group that it starts */
    GroupRegistry(
            RaftNodeConfig config,
            RaftServer server,
            StateFactory states,
            GroupContext context,
            Map<UUID, GroupStateMachine> machines) {
        this.config = config;
        this.server = server;
        this.states = states;
        this.context = context;
        this.roster = new ReplicaRoster(config);
        this.machines = machines;
    }

    /** Starts what is on disk, and finishes what was being added or removed. */
    void recover() throws IOException {
        for (GroupDirectory directory : GroupDirectory.list(config)) {
            try {
                recover(directory, directory.read());
            } catch (IOException | RuntimeException e) {
                LOG.error("Group {} is set aside: its replica cannot be started", directory.group(), e);
                failed.put(directory.group(), String.valueOf(e.getMessage()));
            }
            if (Files.exists(directory.folder())) {
                roster.add(directory.group());
            }
        }
        for (String name : roster.names()) {
            GroupId group = GroupId.of(name);
            if (!running.containsKey(group) && !failed.containsKey(group)) {
                setLostAside(group, "its folder is gone");
            }
        }
    }

    private void setLostAside(GroupId group, String why) {
        LOG.error("Group {} is set aside: {}", group, why);
        failed.put(group, String.valueOf(lost(group, why).getMessage()));
    }

    /** Notes that replicas were here that are not any more: they are not added as if they were new. */
    void declareLost(Set<GroupId> groups, String why) {
        changes.lock();
        try {
            for (GroupId group : groups) {
                if (!running.containsKey(group)) {
                    roster.add(group);
                    setLostAside(group, why);
                }
            }
        } finally {
            changes.unlock();
        }
    }

    private void recover(GroupDirectory directory, GroupDirectory.Marker marker) throws IOException {
        switch (marker.phase()) {
            case REMOVING -> {
                directory.delete();
                roster.remove(directory.group());
            }
            case ADDING -> {
                start(directory, marker, !directory.hasLog());
                directory.write(marker.in(GroupDirectory.Phase.ACTIVE));
            }
            case ACTIVE -> {
                if (!directory.hasLog()) {
                    throw lost(directory.group(), "its log is gone from " + directory.log());
                }
                directory.finishInstall();
                start(directory, marker, false);
                refuseBrokenLog(directory);
            }
        }
    }

    void add(GroupId group, List<RaftPeerAddress> peers) {
        if (peers.stream().noneMatch(peer -> peer.server().equals(config.server()))) {
            throw new IllegalArgumentException("Group " + group + " has no member " + config.server() + ": " + peers);
        }
        create(group, new GroupDirectory.Marker(GroupDirectory.Phase.ADDING, peers, Optional.empty()));
    }

    /** Adds an empty replica that listens; one that was set aside is deleted for it. */
    void addListener(GroupId group, List<RaftPeerAddress> voters) {
        if (voters.stream().anyMatch(peer -> peer.nodeId().equals(config.nodeId()))) {
            throw new IllegalArgumentException(
                    "Node " + config.nodeId() + " cannot listen to group " + group + " and vote in it: " + voters);
        }
        refuseMember(group, voters);
        changes.lock();
        try {
            if (failed.containsKey(group)) {
                remove(group);
            }
            create(group, new GroupDirectory.Marker(GroupDirectory.Phase.ADDING, voters, Optional.of(self())));
        } finally {
            changes.unlock();
        }
    }

    /** An empty replica of a node that its group still counts as a voter would vote without what it had confirmed. */
    private void refuseMember(GroupId group, List<RaftPeerAddress> voters) {
        for (RaftPeerAddress voter : voters) {
            try (PeerClient client = new PeerClient(group, peer(voter, RaftPeerRole.FOLLOWER))) {
                PeerMessages.Members members = PeerMessages.decodeMembers(client.ask(new PeerMessages.AskMembers()));
                if (members.leader() && members.voters().contains(config.nodeId())) {
                    throw new VectorDbException(
                            ErrorCode.OPERATION_CONFLICT,
                            "Node " + config.nodeId() + " is a voter of group " + group
                                    + ": remove it from the group before it joins anew",
                            Map.of("group", group.name(), "node", config.nodeId()));
                }
                if (members.leader()) {
                    return;
                }
            } catch (IOException e) {
                LOG.info("Group {}: {} did not tell its members: {}", group, voter, e.toString());
            }
        }
        throw new VectorDbException(
                ErrorCode.SHARD_UNAVAILABLE,
                "None of " + voters + " is the leader of group " + group,
                Map.of("group", group.name()));
    }

    private void create(GroupId group, GroupDirectory.Marker marker) {
        changes.lock();
        try {
            if (running.containsKey(group)) {
                return;
            }
            refuseFailed(group);
            GroupDirectory directory = GroupDirectory.of(config, group);
            if (directory.hasLog()) {
                throw lost(group, "a log without its marker lies in " + directory.log());
            }
            roster.add(group);
            directory.write(marker);
            try {
                start(directory, marker, true);
            } catch (RuntimeException e) {
                directory.delete();
                roster.remove(group);
                throw e;
            }
            directory.write(marker.in(GroupDirectory.Phase.ACTIVE));
        } finally {
            changes.unlock();
        }
    }

    /** Removes a group with log and state; one that was set aside too. */
    void remove(GroupId group) {
        changes.lock();
        try {
            GroupDirectory directory = GroupDirectory.of(config, group);
            if (!Files.exists(directory.folder())) {
                DurableFiles.deleteTree(directory.log());
                failed.remove(group);
                roster.remove(group);
                return;
            }
            directory.write(
                    new GroupDirectory.Marker(GroupDirectory.Phase.REMOVING, List.of(self()), Optional.empty()));
            running.remove(group);
            if (machines.containsKey(group.uuid())) {
                stop(group);
            }
            failed.remove(group);
            directory.delete();
            roster.remove(group);
        } finally {
            changes.unlock();
        }
    }

    private RaftPeerAddress self() {
        return new RaftPeerAddress(config.server(), config.host() + ":" + config.port());
    }

    private void start(GroupDirectory directory, GroupDirectory.Marker marker, boolean fresh) {
        GroupId group = directory.group();
        GroupStateMachine machine = new GroupStateMachine(directory, states.create(group, directory.state()), context);
        machines.put(group.uuid(), machine);
        List<RaftPeer> members = new ArrayList<>();
        marker.peers().forEach(peer -> members.add(peer(peer, RaftPeerRole.FOLLOWER)));
        marker.listener().ifPresent(peer -> members.add(peer(peer, RaftPeerRole.LISTENER)));
        try {
            change(GroupManagementRequest.newAdd(
                    clientId,
                    server.getId(),
                    CallId.getAndIncrement(),
                    RaftGroup.valueOf(ratisId(group), members),
                    fresh));
            running.put(group, machine);
        } catch (RuntimeException e) {
            machines.remove(group.uuid());
            machine.close();
            throw e;
        }
    }

    private static RaftPeer peer(RaftPeerAddress peer, RaftPeerRole role) {
        return RaftPeer.newBuilder()
                .setId(peer.server().toString())
                .setAddress(peer.address())
                .setStartupRole(role)
                .build();
    }

    /** Ends what was started, for a server that does not start. */
    void stopAll() {
        for (GroupId group : groups()) {
            running.remove(group);
            stop(group);
        }
    }

    private void stop(GroupId group) {
        change(GroupManagementRequest.newRemove(
                clientId, server.getId(), CallId.getAndIncrement(), ratisId(group), false, false));
        GroupStateMachine machine = machines.remove(group.uuid());
        if (machine != null) {
            machine.close();
        }
    }

    /**
     * A log that ends before what the state applied has lost entries that this replica had confirmed, unless the state was
     * copied from a peer and nothing came after; one that begins behind it has a hole, and Ratis would wait forever.
     */
    private void refuseBrokenLog(GroupDirectory directory) throws IOException {
        GroupId group = directory.group();
        long applied = find(group).opened().index();
        RaftLog log = division(group).getRaftLog();
        TermIndex last = log.getLastEntryTermIndex();
        long end = last == null ? -1 : last.getIndex();
        if (end < applied && applied != directory.copiedIndex()) {
            setAside(group, "its log ends at " + end + ", its state is at " + applied);
        }
        if (last != null && log.getStartIndex() > applied + 1) {
            setAside(group, "its log begins at " + log.getStartIndex() + ", its state is at " + applied);
        }
    }

    private void setAside(GroupId group, String why) {
        running.remove(group);
        stop(group);
        throw lost(group, why);
    }

    private static VectorDbException lost(GroupId group, String why) {
        return new VectorDbException(
                ErrorCode.SEGMENT_CORRUPT,
                "The replica of group " + group + " is lost: " + why + "; remove it from its group, then here",
                Map.of("group", group.name()));
    }

    private void change(GroupManagementRequest request) {
        try {
            server.groupManagementAsync(request).get(CHANGE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CompletionException(e);
        } catch (ExecutionException | TimeoutException e) {
            throw new CompletionException(String.valueOf(e.getMessage()), e);
        }
    }

    /** The member on a node, whatever its role; null when there is none. */
    @Nullable
    RaftPeer memberOf(GroupId group, String nodeId) {
        RaftConfiguration conf = division(group).getRaftConf();
        return Stream.of(RaftPeerRole.FOLLOWER, RaftPeerRole.LISTENER)
                .flatMap(role -> conf.getAllPeers(role).stream())
                .filter(peer -> ServerId.nodeOf(peer.getId()).equals(nodeId))
                .findFirst()
                .orElse(null);
    }

    CompletableFuture<byte[]> ask(GroupId group, String nodeId, byte[] request) {
        RaftConfiguration conf = division(group).getRaftConf();
        RaftPeer peer = memberOf(group, nodeId);
        if (peer == null) {
            throw new VectorDbException(
                    ErrorCode.NODE_NOT_FOUND,
                    "Node " + nodeId + " is no member of group " + group,
                    Map.of("group", group.name(), "node", nodeId));
        }
        return CompletableFuture.supplyAsync(
                () -> {
                    try (PeerClient client = new PeerClient(group, peer)) {
                        return client.ask(new PeerMessages.Query(request)).toByteArray();
                    } catch (IOException e) {
                        throw RaftErrors.unavailable(
                                "Node " + nodeId + " did not answer for group " + group + ": " + e.getMessage(),
                                Map.of("group", group.name(), "node", nodeId),
                                e);
                    }
                },
                context.askers());
    }

    GroupStateMachine find(GroupId group) {
        GroupStateMachine machine = running.get(group);
        if (machine != null) {
            return machine;
        }
        refuseFailed(group);
        throw new VectorDbException(
                ErrorCode.SHARD_UNAVAILABLE,
                "Group " + group + " has no replica on node " + config.nodeId(),
                Map.of("group", group.name()));
    }

    private void refuseFailed(GroupId group) {
        String reason = failed.get(group);
        if (reason != null) {
            throw new VectorDbException(
                    ErrorCode.SHARD_UNAVAILABLE,
                    "The replica of group " + group + " on node " + config.nodeId() + " is set aside: " + reason,
                    Map.of("group", group.name()));
        }
    }

    RaftServer.Division division(GroupId group) {
        find(group);
        try {
            return server.getDivision(ratisId(group));
        } catch (IOException e) {
            throw RaftErrors.of(group, e, false);
        }
    }

    /**
     * Ratis forwards reads of followers, and lets a lone replica read before it has applied what it committed before its
     * restart: so ask it only at a leader that is ready.
     */
    void requireLeader(GroupId group) {
        DivisionInfo info = division(group).getInfo();
        Map<String, String> metadata = Map.of("group", group.name());
        RaftPeerId leader = info.getLeaderId();
        if (!info.isLeader()) {
            if (leader != null && !leader.equals(server.getId())) {
                throw RaftErrors.notLeader(group, ServerId.nodeOf(leader), metadata);
            }
            throw new VectorDbException(
                    ErrorCode.SHARD_UNAVAILABLE, "Group " + group + " has no known leader", metadata);
        }
        if (!info.isLeaderReady()) {
            throw new VectorDbException(
                    ErrorCode.SHARD_UNAVAILABLE, "The leader of group " + group + " is not ready yet", metadata);
        }
    }

    boolean isRunning(GroupId group) {
        try {
            return division(group).getInfo().getLifeCycleState() == LifeCycle.State.RUNNING;
        } catch (VectorDbException e) {
            return false;
        }
    }

    boolean has(GroupId group) {
        return running.containsKey(group);
    }

    Set<GroupId> groups() {
        Set<GroupId> groups = new TreeSet<>((a, b) -> a.name().compareTo(b.name()));
        groups.addAll(running.keySet());
        return groups;
    }

    Map<GroupId, String> failed() {
        return Map.copyOf(failed);
    }

    /** Sets replicas aside that their groups have dismissed, so that nobody takes them for a failure. */
    void setDismissedAside() {
        for (Map.Entry<GroupId, GroupStateMachine> entry : running.entrySet()) {
            if (entry.getValue().isDismissed() && running.remove(entry.getKey(), entry.getValue())) {
                LOG.warn("Group {} goes on without this replica, which is set aside", entry.getKey());
                failed.put(entry.getKey(), "it is no member of its group any more; remove it here");
                entry.getValue().close();
            }
        }
    }

    /** Drops copies that nobody fetches any more. */
    void expireCopies(long nowNanos) {
        running.values().forEach(machine -> machine.expireCopies(nowNanos));
    }

    /** Closes states that the server did not get to. */
    void close() {
        context.close();
        running.values().forEach(GroupStateMachine::close);
    }

    static RaftGroupId ratisId(GroupId group) {
        return RaftGroupId.valueOf(group.uuid());
    }
}
