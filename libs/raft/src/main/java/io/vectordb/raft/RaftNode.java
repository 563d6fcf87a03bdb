package io.vectordb.raft;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SnapshotManagementRequest;
import org.apache.ratis.rpc.CallId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.util.LifeCycle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server for replicas of any number of Raft groups: the only one of a node, or that of one of its disks. Members of a
 * group are named by their nodes, since a group has one replica at most on a node.
 *
 * <p>Commands are submitted and reads asked at a group's leader; elsewhere they fail with {@code NOT_LEADER}, whose
 * metadata names the {@code leader} (a node id), or with {@code SHARD_UNAVAILABLE} while none is known, ready or
 * running. Nothing is forwarded: the caller goes to the leader itself.
 *
 * <p>A submission whose future succeeded is on the disks of a majority. When it fails with {@code DEADLINE_EXCEEDED}, or
 * with {@code outcome=unknown} in its metadata, it may have been or may still be applied: a repeat must be recognised by
 * the state.
 *
 * <p>Safe for use by many threads. Costs about four threads and 8 MB of direct memory per group.
 *
 * <p>Not encrypted and not authenticated yet: bind to a host that only peers reach.
 */
public final class RaftNode implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("io.vectordb.raft");
    private static final int QUEUED_READS = 1_024;
    private static final long SYNC_TIMEOUT_MILLIS = 60_000;

    private final RaftNodeConfig config;
    private final RaftServer server;
    private final GroupRegistry groups;
    private final GroupMembership membership;
    private final ClientId clientId = ClientId.randomId();
    private final ExecutorService readers;
    private final ScheduledExecutorService monitor;

    private RaftNode(RaftNodeConfig config, RaftServer server, GroupRegistry groups, FatalErrorHandler fatal) {
        this.config = config;
        this.server = server;
        this.groups = groups;
        this.membership = new GroupMembership(server, groups);
        int threads = Math.max(2, Runtime.getRuntime().availableProcessors());
        this.readers = new ThreadPoolExecutor(
                threads,
                threads,
                1,
                TimeUnit.MINUTES,
                new ArrayBlockingQueue<>(QUEUED_READS),
                Thread.ofPlatform()
                        .daemon()
                        .name("raft-read-" + config.server() + "-", 0)
                        .factory());
        this.monitor = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform()
                .daemon()
                .name("raft-monitor-" + config.server())
                .factory());
        GroupMonitor checks = new GroupMonitor(config.settings(), fatal);
        monitor.scheduleWithFixedDelay(() -> check(checks), 1, 1, TimeUnit.SECONDS);
    }

    /** Starts a node that halts the process when a replica must not go on. */
    public static RaftNode start(RaftNodeConfig config, StateFactory states) {
        return start(config, states, FatalErrorHandler.HALT, LeadershipListener.NONE);
    }

    /**
     * Starts a node and the groups found in its folder. Returns when they run, before they have leaders.
     *
     * @throws VectorDbException {@code INTERNAL} when the port is taken, the folder cannot be written or is another node's
     */
    public static RaftNode start(
            RaftNodeConfig config, StateFactory states, FatalErrorHandler fatal, LeadershipListener leadership) {
        try {
            prepare(config);
            return startServer(config.withPort(freePort(config)), states, fatal, leadership);
        } catch (IOException | UncheckedIOException e) {
            throw new VectorDbException(
                    ErrorCode.INTERNAL,
                    "Server " + config.server() + " cannot start on " + config.host() + ":" + config.port() + " in "
                            + config.dataDir() + ": " + e.getMessage(),
                    e);
        }
    }

    private static RaftNode startServer(
            RaftNodeConfig config, StateFactory states, FatalErrorHandler fatal, LeadershipListener leadership)
            throws IOException {
        Map<UUID, GroupStateMachine> machines = new ConcurrentHashMap<>();
        RaftServer server = RaftServer.newBuilder()
                .setServerId(RaftPeerId.valueOf(config.server().toString()))
                .setProperties(RatisProperties.of(config))
                .setStateMachineRegistry(id -> machineOf(machines, id.getUuid()))
                .build();
        RatisProperties.setLogDirectory(server.getProperties(), RatisProperties.logDirectory(config));
        GroupContext context = GroupContext.of(config, fatal, leadership);
        GroupRegistry groups = new GroupRegistry(config, server, states, context, machines);
        try {
            groups.recover();
            // Not before: a leader that tells a replica which only begins to start that it needs a copy makes it fail.
            server.start();
        } catch (IOException | RuntimeException e) {
            groups.stopAll();
            server.close();
            throw e;
        }
        return new RaftNode(config, server, groups, fatal);
    }

    private static GroupStateMachine machineOf(Map<UUID, GroupStateMachine> machines, UUID uuid) {
        GroupStateMachine machine = machines.get(uuid);
        if (machine == null) {
            throw new IllegalStateException("Group " + uuid + " was not added by this node");
        }
        return machine;
    }

    private static void prepare(RaftNodeConfig config) throws IOException {
        DurableFiles.createDirectories(config.dataDir());
        Path owner = config.dataDir().resolve("node.id");
        if (Files.exists(owner)) {
            String found = Files.readString(owner).strip();
            if (!found.equals(config.server().toString())) {
                throw new IOException("the folder belongs to server " + found);
            }
        } else {
            DurableFiles.write(owner, config.server() + "\n");
        }
        Path logs = RatisProperties.logDirectory(config);
        if (!Files.exists(logs)) {
            DurableFiles.createDirectories(logs);
            DurableFiles.makeSynchronous(logs);
        }
        DurableFiles.createDirectories(config.dataDir().resolve("groups"));
    }

    /** Ratis ends the process when it cannot listen, so try first. */
    private static int freePort(RaftNodeConfig config) throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(config.host(), config.port()));
            return socket.getLocalPort();
        }
    }

    public String nodeId() {
        return config.nodeId();
    }

    /** Where peers reach this node, {@code host:port}. */
    public String address() {
        return config.host() + ":" + config.port();
    }

    /**
     * Adds a command to the log of {@code group}, whose leader this node must be.
     *
     * <p>Hands over without waiting for disks or peers, but may hold the caller while the log's queue is full.
     *
     * @return what {@link ReplicatedState#apply} answered
     */
    public CompletableFuture<byte[]> submit(GroupId group, byte[] command, Duration timeout) {
        if (command.length > config.settings().maxCommandBytes()) {
            return CompletableFuture.failedFuture(new VectorDbException(
                    ErrorCode.LIMIT_EXCEEDED,
                    "A command holds at most " + config.settings().maxCommandBytes() + " bytes, received "
                            + command.length));
        }
        Command message = new Command(command);
        return send(group, message, RaftClientRequest.writeRequestType(), timeout)
                .thenApply(reply -> reply.getMessage().getContent().toByteArray())
                .exceptionallyCompose(
                        e -> CompletableFuture.failedFuture(RaftErrors.of(group, e, message.isAppended())));
    }

    /**
     * Asks the state of {@code group} at its leader; sees every submission that had succeeded before. Runs
     * {@link ReplicatedState#query} on a bounded pool.
     */
    public CompletableFuture<byte[]> read(GroupId group, byte[] request, Duration timeout) {
        return barrier(group, timeout)
                .thenApplyAsync(_ -> groups.find(group).state().query(request), readers)
                .exceptionallyCompose(e -> CompletableFuture.failedFuture(
                        e.getCause() instanceof RejectedExecutionException || e instanceof RejectedExecutionException
                                ? RaftErrors.overloaded(group, Map.of("group", group.name()))
                                : RaftErrors.of(group, e, false)));
    }

    /**
     * Waits until the local state of {@code group}, whose leader this node must be, holds every submission that had
     * succeeded before this call: a read of {@link #state} after it is linearizable. Confirms the leadership with a
     * majority, once for all barriers of a moment.
     *
     * @return the index that the state has applied at least
     */
    public CompletableFuture<Long> barrier(GroupId group, Duration timeout) {
        try {
            groups.requireLeader(group);
        } catch (VectorDbException e) {
            return CompletableFuture.failedFuture(e);
        }
        return send(group, Message.EMPTY, RaftClientRequest.readRequestType(false, false, true), timeout)
                .thenApply(_ -> appliedIndex(group))
                .exceptionallyCompose(e -> CompletableFuture.failedFuture(RaftErrors.of(group, e, false)));
    }

    private CompletableFuture<RaftClientReply> send(
            GroupId group, Message message, RaftClientRequest.Type type, Duration timeout) {
        try {
            groups.find(group);
            // Always a new call: Ratis answers a repeated one from its own cache, which forgets and may apply twice.
            RaftClientRequest request = RaftClientRequest.newBuilder()
                    .setClientId(clientId)
                    .setServerId(server.getId())
                    .setGroupId(GroupRegistry.ratisId(group))
                    .setCallId(CallId.getAndIncrement())
                    .setMessage(message)
                    .setType(type)
                    .build();
            return server.submitClientRequestAsync(request)
                    .thenApply(RaftNode::successful)
                    .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (IOException | RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    static RaftClientReply successful(RaftClientReply reply) {
        if (!reply.isSuccess()) {
            throw new CompletionException(reply.getException());
        }
        return reply;
    }

    /** The local replica's state, for reads that may be stale. Closed when the group is removed or the node closed. */
    public ReplicatedState state(GroupId group) {
        return groups.find(group).state();
    }

    /**
     * Adds a new group of these members, of which this node is one; each of the others has to do the same. Returns when
     * the replica runs, before a leader is elected. Does nothing when the group is here already.
     */
    public void addGroup(GroupId group, List<RaftPeerAddress> members) {
        groups.add(group, members);
    }

    /**
     * Makes an empty replica of a group that exists elsewhere, in the place of one that was set aside; it only listens, until the group's leader takes it in by
     * {@link GroupMembership#addListener} and promotes it.
     *
     * @param voters the group's voters, without this node
     * @throws VectorDbException {@code OPERATION_CONFLICT} when the group's leader counts this node as a voter,
     *     {@code SHARD_UNAVAILABLE} when no leader is among them
     */
    public void addListener(GroupId group, List<RaftPeerAddress> voters) {
        groups.addListener(group, voters);
    }

    /**
     * Notes for good that replicas of these groups were here and are not any more. They are set aside with the reason:
     * {@link #addGroup} refuses them, since an empty replica must not vote in their place.
     */
    public void declareLost(Set<GroupId> groups, String why) {
        this.groups.declareLost(groups, why);
    }

    /** Who the members of the groups here are, and how to change that. */
    public GroupMembership membership() {
        return membership;
    }

    /**
     * Asks the replica of another member of {@code group}, whatever its role: {@link ReplicatedState#query} there answers.
     * Holds a thread of the node while it waits.
     *
     * @return fails with {@code SHARD_UNAVAILABLE} when the member cannot be reached or refuses
     */
    public CompletableFuture<byte[]> ask(GroupId group, String nodeId, byte[] request) {
        return groups.ask(group, nodeId, request);
    }

    /** Removes the local replica with its log and its state, for good. Does nothing when there is none. */
    public void removeGroup(GroupId group) {
        groups.remove(group);
    }

    /** Stops the local replica for good and keeps its files, until {@link #removeGroup}. */
    public void retireGroup(GroupId group) {
        groups.retire(group);
    }

    /**
     * Founds {@code next}, with this node as its only member, on all that the local replica of {@code old} has: its state and
     * every entry of its log, also those that no majority is known to have. For a group whose majority is lost for good; the
     * local replica of it is retired. Does nothing when {@code next} is here; after a failure or a crash it is called again.
     *
     * @throws VectorDbException {@code SHARD_UNAVAILABLE} or {@code SEGMENT_CORRUPT} when a replica is set aside or is not here
     */
    public void succeed(GroupId old, GroupId next) {
        groups.succeed(old, next);
    }

    /** The groups whose replica here was retired, and why. */
    public Map<GroupId, String> retiredGroups() {
        return groups.setAside().retired();
    }

    /** Whether a started replica of the group is here. */
    public boolean has(GroupId group) {
        return groups.has(group);
    }

    /** The groups with a started replica here, by name. */
    public Set<GroupId> groups() {
        return groups.groups();
    }

    /** The groups whose replica here could not be started, and why. Only {@link #removeGroup} ends that. */
    public Map<GroupId, String> failedGroups() {
        return groups.setAside().failed();
    }

    /** The node id of the leader as this replica sees it. */
    public Optional<String> leader(GroupId group) {
        return Optional.ofNullable(groups.division(group).getInfo().getLeaderId())
                .map(ServerId::nodeOf);
    }

    /** Whether this node leads the group and has applied what earlier leaders committed. */
    public boolean isLeader(GroupId group) {
        DivisionInfo info = groups.division(group).getInfo();
        return info.isLeader() && info.isLeaderReady();
    }

    /** Whether this replica hears a leader, or is one that is ready: its state is then about as new as that of the group. */
    public boolean follows(GroupId group) {
        DivisionInfo info = groups.division(group).getInfo();
        return info.isLeader() ? info.isLeaderReady() : info.isFollower() && info.getLeaderId() != null;
    }

    /** The index of the last entry whose effect is in the local state; -1 before the first. */
    public long appliedIndex(GroupId group) {
        return groups.find(group).appliedIndex();
    }

    /** Whether the server and every replica run; leaders are another question. */
    public boolean isHealthy() {
        return server.getLifeCycleState() == LifeCycle.State.RUNNING
                && groups.setAside().failed().isEmpty()
                && groups.groups().stream().allMatch(groups::isRunning);
    }

    /** Makes the state of a group durable and lets its log be purged; usually left to the node. */
    public CompletableFuture<Void> sync(GroupId group) {
        try {
            return server.snapshotManagementAsync(SnapshotManagementRequest.newCreate(
                            clientId,
                            server.getId(),
                            GroupRegistry.ratisId(group),
                            CallId.getAndIncrement(),
                            SYNC_TIMEOUT_MILLIS,
                            1))
                    .thenApply(RaftNode::successful)
                    .handle((_, e) -> {
                        if (e != null) {
                            throw RaftErrors.of(group, e, false);
                        }
                        return null;
                    });
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(RaftErrors.of(group, e, false));
        }
    }

    private void check(GroupMonitor checks) {
        try {
            groups.setDismissedAside();
            List<MonitoredGroup> replicas = groups.groups().stream()
                    .map(group -> new MonitoredGroup(group, server, groups, membership, () -> syncQuietly(group)))
                    .toList();
            checks.check(replicas, System.nanoTime());
            groups.expireCopies(System.nanoTime());
        } catch (RuntimeException e) {
            LOG.warn("The replicas of node {} could not be checked", config.nodeId(), e);
        }
    }

    private void syncQuietly(GroupId group) {
        sync(group).exceptionally(e -> {
            LOG.warn("The state of group {} could not be made durable", group, e);
            return null;
        });
    }

    /** Stops every replica after it applied what it knows to be committed, and closes the states. */
    @Override
    public void close() {
        monitor.shutdownNow();
        try {
            server.close();
        } catch (IOException e) {
            LOG.warn("Node {} did not close cleanly", config.nodeId(), e);
        }
        readers.shutdownNow();
        groups.close();
    }
}
