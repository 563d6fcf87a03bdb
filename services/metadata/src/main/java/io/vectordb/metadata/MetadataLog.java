package io.vectordb.metadata;

import com.google.protobuf.InvalidProtocolBufferException;
import io.vectordb.internal.metadata.v1.InitCluster;
import io.vectordb.internal.metadata.v1.MetadataCommand;
import io.vectordb.internal.metadata.v1.MetadataResult;
import io.vectordb.raft.FatalErrorHandler;
import io.vectordb.raft.GroupId;
import io.vectordb.raft.RaftNode;
import io.vectordb.raft.RaftNodeConfig;
import io.vectordb.raft.RaftPeerAddress;
import io.vectordb.raft.RaftSettings;
import io.vectordb.service.ServiceReadiness;
import io.vectordb.v1.AuditEntry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The replicated log of the metadata, of which this process has the only replica: commands go in, states come out at the
 * {@link WatchHub}. Names the cluster once, when it first leads. Thread-safe.
 */
final class MetadataLog implements ServiceReadiness, AutoCloseable {

    static final GroupId GROUP = GroupId.of("metadata");

    private static final Logger LOG = LoggerFactory.getLogger(MetadataLog.class);
    private static final Duration NAMING_TIMEOUT = Duration.ofSeconds(5);
    private static final long NAMING_PAUSE_MILLIS = 20;

    private final InstantSource clock;
    private final WatchHub hub;
    private final ScheduledExecutorService naming = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("metadata-naming").factory());
    private final RaftNode node;

    private MetadataLog(MetadataProperties properties, WatchHub hub, InstantSource clock) {
        this.clock = clock;
        this.hub = hub;
        RaftNodeConfig config = RaftNodeConfig.ofNode(
                properties.nodeId(),
                properties.raftHost(),
                properties.raftPort(),
                properties.dataDir(),
                RaftSettings.metadata());
        this.node = RaftNode.start(
                config,
                (_, directory) -> new MetadataStateMachine(directory, hub::publish),
                FatalErrorHandler.HALT,
                (_, _, ready) -> onLeader(ready));
    }

    /** Opens the log in the service's folder, or makes it there. Returns before it has a leader. */
    static MetadataLog open(MetadataProperties properties, WatchHub hub, InstantSource clock) {
        MetadataLog log = new MetadataLog(properties, hub, clock);
        try {
            log.node.addGroup(GROUP, List.of(RaftPeerAddress.ofNode(log.node.nodeId(), log.node.address())));
        } catch (RuntimeException e) {
            log.close();
            throw e;
        }
        log.naming.execute(log::nameCluster);
        return log;
    }

    /** The state as this process has it. */
    MetadataState state() {
        return ((MetadataStateMachine) node.state(GROUP)).current();
    }

    /** Whether this member leads the log, and its state holds all that was committed before. */
    boolean isLeader() {
        return node.isLeader(GROUP);
    }

    /** Lines of the audit log behind an index, as this process has them. */
    List<AuditEntry> audit(long afterIndex, int limit) {
        return ((MetadataStateMachine) node.state(GROUP)).audit(afterIndex, limit);
    }

    /** The time that commands carry, in microseconds since 1970. */
    long timeMicros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
    }

    /**
     * The result of {@code command} once a majority has it.
     *
     * <p>Fails with the code of the state's refusal, or as {@link RaftNode#submit} does.
     */
    CompletableFuture<MetadataResult> submit(MetadataCommand.Builder command, Duration timeout) {
        byte[] bytes = command.setTimeMicros(timeMicros()).build().toByteArray();
        return node.submit(GROUP, bytes, timeout).thenApply(MetadataLog::result);
    }

    private static MetadataResult result(byte[] bytes) {
        MetadataResult result;
        try {
            result = MetadataResult.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("The metadata log answered what is no result", e);
        }
        if (result.hasError()) {
            throw Transition.refusal(result.getError());
        }
        return result;
    }

    private void onLeader(boolean ready) {
        if (ready) {
            hub.open();
        }
    }

    /** Until the cluster has an id; later ones of several change nothing. */
    private void nameCluster() {
        if (!state().clusterId().isEmpty()) {
            return;
        }
        if (!node.isLeader(GROUP)) {
            nameClusterLater();
            return;
        }
        InitCluster init = InitCluster.newBuilder()
                .setClusterId(UUID.randomUUID().toString())
                .build();
        submit(MetadataCommand.newBuilder().setInitCluster(init), NAMING_TIMEOUT)
                .whenComplete((_, e) -> {
                    if (e != null) {
                        LOG.warn("The cluster could not be named yet: {}", e.getMessage());
                        nameClusterLater();
                    }
                });
    }

    private void nameClusterLater() {
        if (!naming.isShutdown()) {
            naming.schedule(this::nameCluster, NAMING_PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public String name() {
        return "metadata";
    }

    @Override
    public Optional<String> notReadyBecause() {
        if (!node.groups().contains(GROUP)) {
            return Optional.of(String.valueOf(node.failedGroups().getOrDefault(GROUP, "the log is not open")));
        }
        if (!node.isHealthy()) {
            return Optional.of("the replica of the metadata log does not run");
        }
        if (!node.isLeader(GROUP)) {
            return Optional.of("the metadata log has no leader that is ready");
        }
        return state().clusterId().isEmpty() ? Optional.of("the cluster has no id yet") : Optional.empty();
    }

    @Override
    public void close() {
        naming.shutdownNow();
        node.close();
    }
}
