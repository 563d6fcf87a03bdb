package io.vectordb.storagenode;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.disks.Disk;
import io.vectordb.disks.DiskHealth;
import io.vectordb.disks.DiskId;
import io.vectordb.disks.DiskLevel;
import io.vectordb.disks.DiskSet;
import io.vectordb.disks.DiskStatus;
import io.vectordb.disks.Reservation;
import io.vectordb.internal.metadata.v1.NodeDisk;
import io.vectordb.raft.FatalErrorHandler;
import io.vectordb.raft.GroupId;
import io.vectordb.raft.GroupMembership;
import io.vectordb.raft.LeadershipListener;
import io.vectordb.raft.RaftNode;
import io.vectordb.raft.RaftNodeConfig;
import io.vectordb.raft.RaftPeerAddress;
import io.vectordb.raft.RaftSettings;
import io.vectordb.raft.ServerId;
import io.vectordb.raft.StateFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Raft servers of this node, one for each of its disks, and which replica is on which.
 *
 * <p>A disk that fails costs its own replicas: its server is closed, what was there is told as set aside, and the other
 * servers go on. A replica that the cluster placed on a disk that is not here is missed and not made anew elsewhere, since
 * it would vote without what it has confirmed. Thread-safe.
 */
final class DiskServers implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DiskServers.class);
    private static final Duration LEVEL_INTERVAL = Duration.ofSeconds(5);
    private static final Duration PROBE_INTERVAL = Duration.ofSeconds(60);
    private static final long CLOSE_SECONDS = 10;
    private static final int NAME_DIGITS = 8;

    /**
     * What the servers are started with.
     *
     * @param port of the first disk, the others have the next ones; 0: any free ones
     */
    record Settings(String nodeId, String host, int port, RaftSettings raft) {}

    private final Settings settings;
    private final DiskSet disks;
    private final List<Path> folders;
    private final StateFactory states;
    private final FatalErrorHandler fatal;
    private final Map<DiskId, RaftNode> servers = new ConcurrentHashMap<>();
    private final Map<GroupId, String> missing = new ConcurrentHashMap<>();
    /** As of a few seconds ago, so that nobody waits for a disk who only wants to know how full it is. */
    private volatile List<DiskStatus> statuses = List.of();

    /** Closing a server and measuring a disk may take as long as the disk does. */
    private final ScheduledExecutorService executor = Executors.newScheduledThreadPool(
            3, Thread.ofPlatform().daemon().name("disks-", 0).factory());

    private DiskServers(
            Settings settings, DiskSet disks, List<Path> folders, StateFactory states, FatalErrorHandler fatal) {
        this.settings = settings;
        this.disks = disks;
        this.folders = folders.stream()
                .map(folder -> folder.toAbsolutePath().normalize())
                .toList();
        this.states = states;
        this.fatal = fatal;
    }

    /**
     * Starts a server on every disk that works. The disks stay the caller's to close.
     *
     * @param folders in the order of ports
     * @param fatal told when a replica must not go on and its disk is not the reason
     * @throws VectorDbException when no disk works, or a server cannot start on one that does
     */
    static DiskServers start(
            Settings settings, DiskSet disks, List<Path> folders, StateFactory states, FatalErrorHandler fatal) {
        DiskServers started = new DiskServers(settings, disks, folders, states, fatal);
        try {
            disks.disks().forEach(started::startOn);
        } catch (RuntimeException e) {
            started.close();
            throw e;
        }
        if (started.servers.isEmpty()) {
            started.close();
            throw new VectorDbException(
                    ErrorCode.INTERNAL, "no disk of node " + settings.nodeId() + " can be used: " + disks.statuses());
        }
        disks.addListener(disk -> started.executor.execute(() -> started.stop(disk)));
        started.measure();
        started.every(LEVEL_INTERVAL, started::measure);
        started.every(PROBE_INTERVAL, disks::probe);
        return started;
    }

    private void every(Duration interval, Runnable task) {
        executor.scheduleWithFixedDelay(
                () -> {
                    try {
                        task.run();
                    } catch (RuntimeException e) {
                        LOG.warn("the disks could not be looked at", e);
                    }
                },
                interval.toMillis(),
                interval.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    private void startOn(Disk disk) {
        if (disk.health() != DiskHealth.HEALTHY) {
            return;
        }
        int port = settings.port() == 0 ? 0 : settings.port() + folders.indexOf(disk.folder());
        ServerId id = new ServerId(settings.nodeId(), name(disk.id()));
        try {
            RaftNode server = RaftNode.start(
                    new RaftNodeConfig(id, settings.host(), port, disk.folder(), settings.raft()),
                    states,
                    (group, reason, cause) -> onFatal(disk, group, reason, cause),
                    LeadershipListener.NONE);
            servers.put(disk.id(), server);
        } catch (VectorDbException e) {
            disk.probe();
            if (disk.health() == DiskHealth.HEALTHY) {
                throw e;
            }
            LOG.error("no server is started on disk {}", disk, e);
        }
    }

    private void onFatal(Disk disk, String group, String reason, @Nullable Throwable cause) {
        disk.probe();
        if (disk.health() == DiskHealth.HEALTHY) {
            fatal.onFatal(group, reason, cause);
        } else {
            LOG.error("{} stops with its disk {}: {}", group, disk, reason, cause);
        }
    }

    /** Closes the server of a disk that failed; what hangs in it is ended with the process. */
    private void stop(Disk disk) {
        RaftNode server = servers.get(disk.id());
        if (server == null) {
            return;
        }
        String why = "its disk " + disk.folder() + " is " + disk.health() + ": " + disk.reason();
        server.groups().forEach(group -> missing.put(group, why));
        missing.putAll(server.failedGroups());
        // Only now: in between nobody could tell where its replicas are.
        servers.remove(disk.id());
        LOG.error("the replicas on disk {} are set aside: {}", disk, server.groups());
        ScheduledFuture<?> watchdog = executor.schedule(
                () -> fatal.onFatal(settings.nodeId(), "the server of disk " + disk + " does not close", null),
                CLOSE_SECONDS,
                TimeUnit.SECONDS);
        try {
            server.close();
        } finally {
            watchdog.cancel(false);
        }
    }

    private void measure() {
        statuses = disks.statuses();
    }

    private Optional<DiskStatus> measured(DiskId disk) {
        return statuses.stream().filter(status -> disk.equals(status.id())).findFirst();
    }

    String nodeId() {
        return settings.nodeId();
    }

    /** How a disk is named beyond this node. */
    static String name(DiskId disk) {
        return disk.value().substring(0, NAME_DIGITS);
    }

    /** The disks that work, as the cluster knows them. */
    List<NodeDisk> nodeDisks() {
        List<NodeDisk> all = new ArrayList<>();
        for (Disk disk : disks.disks()) {
            RaftNode server = servers.get(disk.id());
            if (server != null) {
                all.add(nodeDisk(disk, server));
            }
        }
        return all;
    }

    private NodeDisk nodeDisk(Disk disk, RaftNode server) {
        NodeDisk.Builder node = NodeDisk.newBuilder().setId(name(disk.id())).setRaftAddress(server.address());
        node.setLevel(
                switch (level(disk.id())) {
                    case NORMAL -> NodeDisk.Level.NORMAL;
                    case NO_NEW_FILES -> NodeDisk.Level.NO_NEW_REPLICAS;
                    case MOVE_AWAY -> NodeDisk.Level.MOVE_AWAY;
                    case REJECT_WRITES -> NodeDisk.Level.REJECT_WRITES;
                });
        measured(disk.id())
                .map(DiskStatus::space)
                // What is kept for the superuser, or taken by others behind our back, is nothing that could be used.
                .ifPresent(space -> node.setTotalBytes(digits(space.usedBytes() + space.usableBytes(), 8))
                        .setFreeBytes(digits(space.usableBytes(), 2)));
        return node.build();
    }

    private DiskLevel level(DiskId disk) {
        return measured(disk).map(DiskStatus::level).orElse(DiskLevel.NORMAL);
    }

    /** Rounded down to so many binary digits. */
    private static long digits(long bytes, int count) {
        int dropped = Math.max(0, Long.SIZE - Long.numberOfLeadingZeros(bytes) - count);
        return bytes >> dropped << dropped;
    }

    /** The server that has the group, or had it and set it aside. */
    private @Nullable RaftNode find(GroupId group) {
        for (RaftNode server : servers.values()) {
            if (server.has(group)) {
                return server;
            }
        }
        for (RaftNode server : servers.values()) {
            if (server.failedGroups().containsKey(group)
                    || server.retiredGroups().containsKey(group)) {
                return server;
            }
        }
        return null;
    }

    /**
     * The server with a replica of this group; it may have set it aside.
     *
     * @throws VectorDbException {@code SHARD_UNAVAILABLE} when no disk that works has one
     */
    RaftNode of(GroupId group) {
        RaftNode server = find(group);
        if (server == null) {
            String why = missing.get(group);
            throw new VectorDbException(
                    ErrorCode.SHARD_UNAVAILABLE,
                    "node " + settings.nodeId() + " has no replica of " + group + (why == null ? "" : ": " + why),
                    Map.of("group", group.name(), "node", settings.nodeId()));
        }
        return server;
    }

    boolean has(GroupId group) {
        return servers.values().stream().anyMatch(server -> server.has(group));
    }

    /** The replicas that work. */
    Set<GroupId> groups() {
        Set<GroupId> groups = new TreeSet<>(Comparator.comparing(GroupId::name));
        servers.values().forEach(server -> groups.addAll(server.groups()));
        return groups;
    }

    /** The replicas that do not work, and why: set aside, or on a disk that is not here. */
    Map<GroupId, String> failedGroups() {
        Map<GroupId, String> failed = new HashMap<>(missing);
        servers.values().forEach(server -> failed.putAll(server.failedGroups()));
        servers.values().forEach(server -> failed.keySet().removeAll(server.groups()));
        return failed;
    }

    /** The replicas whose groups go on in a later incarnation, and that are kept here until they are dropped. */
    Map<GroupId, String> retiredGroups() {
        Map<GroupId, String> retired = new HashMap<>();
        servers.values().forEach(server -> retired.putAll(server.retiredGroups()));
        return retired;
    }

    /** Stops a replica for good and keeps its files. */
    void retireGroup(GroupId group) {
        RaftNode server = find(group);
        if (server != null) {
            server.retireGroup(group);
        }
        missing.remove(group);
    }

    /** Goes on with the replica of a group that lost its majority, see {@link RaftNode#succeed}. */
    void succeed(GroupId old, GroupId next) {
        of(old).succeed(old, next);
        missing.remove(next);
    }

    /** The disk that a replica is on, as the cluster names it; empty when that is not here. */
    String diskOf(GroupId group) {
        RaftNode server = find(group);
        return servers.entrySet().stream()
                .filter(each -> each.getValue() == server)
                .map(each -> name(each.getKey()))
                .findFirst()
                .orElse("");
    }

    /** How full the disk of a replica was a few seconds ago. */
    DiskLevel levelOf(GroupId group) {
        for (Map.Entry<DiskId, RaftNode> server : servers.entrySet()) {
            if (server.getValue().has(group)) {
                return level(server.getKey());
            }
        }
        return DiskLevel.NORMAL;
    }

    private Optional<RaftNode> on(String disk) {
        return servers.entrySet().stream()
                .filter(each -> name(each.getKey()).equals(disk))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /** Makes a replica on the disk that the cluster has chosen; where that is not here, the replica is missed. */
    void addGroup(GroupId group, String disk, List<RaftPeerAddress> members) {
        if (has(group)) {
            return;
        }
        Optional<RaftNode> server = on(disk);
        if (server.isEmpty()) {
            if (missing.put(group, "it was placed on disk " + disk + ", which is not here") == null) {
                LOG.error("{} is set aside: it was placed on disk {}, which is not here", group, disk);
            }
            return;
        }
        server.get().addGroup(group, members);
        missing.remove(group);
    }

    /**
     * Makes an empty replica that listens, see {@link RaftNode#addListener}: on the disk where one was set aside, else on
     * the one with the most room.
     *
     * @param bytes that have to be free
     */
    RaftNode addListener(GroupId group, List<RaftPeerAddress> voters, long bytes) {
        RaftNode server = find(group);
        if (server == null) {
            // For the moment of the choice: the files come by and by, and what is free is looked at again then.
            try (Reservation room = disks.place(bytes)) {
                server = servers.get(room.disk().id());
            }
        }
        if (server == null) {
            throw new VectorDbException(ErrorCode.DISK_FULL, "no disk of node " + settings.nodeId() + " has room");
        }
        server.addListener(group, voters);
        missing.remove(group);
        return server;
    }

    /** Removes a replica with log and state, for good, or forgets one that is missed. */
    void removeGroup(GroupId group) {
        RaftNode server = find(group);
        if (server != null) {
            server.removeGroup(group);
        }
        missing.remove(group);
    }

    /** Hands what is led here to other nodes, all disks at once; see {@link GroupMembership#handOver}. */
    void handOver(Duration timeout) {
        CompletableFuture.allOf(servers.values().stream()
                        .map(server -> CompletableFuture.runAsync(
                                () -> server.membership().handOver(timeout), executor))
                        .toArray(CompletableFuture<?>[]::new))
                .join();
    }

    /** Notes for good that a replica was on this node and is not any more. */
    void declareLost(GroupId group, String why) {
        servers.values().stream().findFirst().ifPresent(server -> server.declareLost(Set.of(group), why));
    }

    /** Of a few seconds ago, those included that cannot be used. */
    List<DiskStatus> diskStatuses() {
        return statuses;
    }

    DiskSet disks() {
        return disks;
    }

    /** The server of a disk; empty when none runs. */
    Optional<RaftNode> serverOf(DiskId disk) {
        return Optional.ofNullable(servers.get(disk));
    }

    /** Makes the empty folder of a missing disk a new one, and starts its server. */
    DiskId format(Path folder) {
        DiskId id = disks.format(folder);
        disks.disks().stream().filter(disk -> disk.id().equals(id)).forEach(this::startOn);
        measure();
        return id;
    }

    @Override
    public void close() {
        executor.shutdownNow();
        servers.values().forEach(RaftNode::close);
    }
}
