package io.vectordb.raft;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.util.LifeCycle;
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

    private final RaftNodeConfig config;
    private final RaftServer server;
    private final StateFactory states;
    private final GroupContext context;
    private final ReplicaRoster roster;
    private final ReplicaRunner runner;
    private final PeerQuestions questions;
    private final SetAsideGroups setAside;
    private final ReentrantLock changes = new ReentrantLock();
    private final Map<GroupId, GroupStateMachine> running = new ConcurrentHashMap<>();

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
        this.runner = new ReplicaRunner(server, states, context, machines);
        this.questions = new PeerQuestions(config.nodeId(), context.askers());
        this.setAside = new SetAsideGroups(config.nodeId());
    }

    /** Starts what is on disk, and finishes what was being added or removed. */
    void recover() throws IOException {
        for (GroupDirectory directory : GroupDirectory.list(config)) {
            try {
                recover(directory, directory.read());
            } catch (IOException | RuntimeException e) {
                LOG.error("Group {} is set aside: its replica cannot be started", directory.group(), e);
                setAside.fail(directory.group(), String.valueOf(e.getMessage()));
            }
            if (Files.exists(directory.folder())) {
                roster.add(directory.group());
            }
        }
        for (String name : roster.names()) {
            GroupId group = GroupId.of(name);
            if (!running.containsKey(group) && !setAside.contains(group)) {
                setAside.lose(group, "its folder is gone");
            }
        }
    }

    /** Notes that replicas were here that are not any more: they are not added as if they were new. */
    void declareLost(Set<GroupId> groups, String why) {
        changes.lock();
        try {
            for (GroupId group : groups) {
                if (!running.containsKey(group)) {
                    roster.add(group);
                    setAside.lose(group, why);
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
            case RETIRED -> setAside.retire(directory.group());
            case ADDING -> {
                running.put(directory.group(), runner.start(directory, marker, !directory.hasLog()));
                directory.write(marker.in(GroupDirectory.Phase.ACTIVE));
            }
            case ACTIVE -> {
                if (!directory.hasLog()) {
                    throw SetAsideGroups.lost(directory.group(), "its log is gone from " + directory.log());
                }
                directory.finishInstall();
                running.put(directory.group(), runner.start(directory, marker, false));
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
        questions.refuseMember(group, voters);
        changes.lock();
        try {
            if (setAside.hasFailed(group)) {
                remove(group);
            }
            refuseVoter(group);
            create(group, new GroupDirectory.Marker(GroupDirectory.Phase.ADDING, voters, Optional.of(self())));
        } finally {
            changes.unlock();
        }
    }

    /** One that was dismissed and has not heard of it would neither listen nor catch up; whether it was is not known here. */
    private void refuseVoter(GroupId group) {
        boolean votes = running.containsKey(group)
                && division(group).getRaftConf().getAllPeers(RaftPeerRole.FOLLOWER).stream()
                        .anyMatch(peer -> ServerId.nodeOf(peer.getId()).equals(config.nodeId()));
        if (votes) {
            throw new VectorDbException(
                    ErrorCode.OPERATION_CONFLICT,
                    "Node " + config.nodeId() + " has a replica of group " + group + " that votes, as far as it knows",
                    Map.of("group", group.name()));
        }
    }

    private void create(GroupId group, GroupDirectory.Marker marker) {
        changes.lock();
        try {
            if (running.containsKey(group)) {
                return;
            }
            setAside.refuse(group);
            GroupDirectory directory = GroupDirectory.of(config, group);
            if (directory.hasLog()) {
                throw SetAsideGroups.lost(group, "a log without its marker lies in " + directory.log());
            }
            roster.add(group);
            directory.write(marker);
            try {
                running.put(group, runner.start(directory, marker, true));
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

    /**
     * Stops a replica for good and keeps its files: it neither votes nor serves, after a restart as well. Does nothing
     * where there is none.
     */
    void retire(GroupId group) {
        changes.lock();
        try {
            GroupDirectory directory = GroupDirectory.of(config, group);
            if (setAside.isRetired(group)) {
                return;
            }
            if (!Files.exists(directory.folder())) {
                // One that is lost has nothing to be kept.
                setAside.forget(group);
                roster.remove(group);
                return;
            }
            directory.write(alone(GroupDirectory.Phase.RETIRED));
            running.remove(group);
            runner.stop(group);
            setAside.retire(group);
            LOG.warn("Group {}: the replica is set aside: {}", group, SetAsideGroups.RETIRED);
        } finally {
            changes.unlock();
        }
    }

    /** See {@link RaftNode#succeed}. */
    void succeed(GroupId old, GroupId next) {
        changes.lock();
        try {
            if (running.containsKey(next)) {
                return;
            }
            setAside.refuseFailed(next);
            setAside.refuseFailed(old);
            retire(old);
            if (!setAside.isRetired(old)) {
                throw SetAsideGroups.lost(next, "there is no replica of group " + old + " to go on with");
            }
            GroupDirectory directory = GroupDirectory.of(config, next);
            new GroupSuccession(config, states).prepare(GroupDirectory.of(config, old), directory);
            GroupDirectory.Marker marker = alone(GroupDirectory.Phase.ADDING);
            directory.write(marker);
            roster.add(next);
            running.put(next, runner.start(directory, marker, false));
            directory.write(marker.in(GroupDirectory.Phase.ACTIVE));
        } catch (IOException e) {
            throw new UncheckedIOException("Group " + next + " cannot go on with the replica of " + old, e);
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
                setAside.forget(group);
                roster.remove(group);
                return;
            }
            directory.write(alone(GroupDirectory.Phase.REMOVING));
            running.remove(group);
            runner.stop(group);
            setAside.forget(group);
            directory.delete();
            roster.remove(group);
        } finally {
            changes.unlock();
        }
    }

    private GroupDirectory.Marker alone(GroupDirectory.Phase phase) {
        return new GroupDirectory.Marker(phase, List.of(self()), Optional.empty());
    }

    private RaftPeerAddress self() {
        return new RaftPeerAddress(config.server(), config.host() + ":" + config.port());
    }

    /** Ends what was started, for a server that does not start. */
    void stopAll() {
        for (GroupId group : groups()) {
            running.remove(group);
            runner.stop(group);
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
            stopLost(group, "its log ends at " + end + ", its state is at " + applied);
        }
        if (last != null && log.getStartIndex() > applied + 1) {
            stopLost(group, "its log begins at " + log.getStartIndex() + ", its state is at " + applied);
        }
    }

    private void stopLost(GroupId group, String why) {
        running.remove(group);
        runner.stop(group);
        throw SetAsideGroups.lost(group, why);
    }

    /** The member on a node, whatever its role. */
    RaftPeer member(GroupId group, String nodeId) {
        RaftConfiguration conf = division(group).getRaftConf();
        return Stream.of(RaftPeerRole.FOLLOWER, RaftPeerRole.LISTENER)
                .flatMap(role -> conf.getAllPeers(role).stream())
                .filter(peer -> ServerId.nodeOf(peer.getId()).equals(nodeId))
                .findFirst()
                .orElseThrow(() -> RaftErrors.notMember(group, nodeId, "member"));
    }

    CompletableFuture<byte[]> ask(GroupId group, String nodeId, byte[] request) {
        return questions.ask(group, member(group, nodeId), request);
    }

    GroupStateMachine find(GroupId group) {
        GroupStateMachine machine = running.get(group);
        if (machine != null) {
            return machine;
        }
        setAside.refuse(group);
        throw new VectorDbException(
                ErrorCode.SHARD_UNAVAILABLE,
                "Group " + group + " has no replica on node " + config.nodeId(),
                Map.of("group", group.name()));
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

    SetAsideGroups setAside() {
        return setAside;
    }

    /**
     * Sets replicas aside that their groups have dismissed, so that nobody takes them for a failure. While groups are being
     * added or removed it does nothing, and is asked again: one that is removed just then would be set aside for good.
     */
    void setDismissedAside() {
        if (!changes.tryLock()) {
            return;
        }
        try {
            for (Map.Entry<GroupId, GroupStateMachine> entry : running.entrySet()) {
                if (entry.getValue().isDismissed()) {
                    // In this order: who lists the replicas meanwhile finds it at least once.
                    setAside.fail(entry.getKey(), "it is no member of its group any more; remove it here");
                    running.remove(entry.getKey(), entry.getValue());
                    LOG.warn("Group {} goes on without this replica, which is set aside", entry.getKey());
                    entry.getValue().close();
                }
            }
        } finally {
            changes.unlock();
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
