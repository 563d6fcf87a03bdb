package io.vectordb.metadata;

import com.google.protobuf.InvalidProtocolBufferException;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.AdmitMemberResponse;
import io.vectordb.internal.metadata.v1.DescribeMemberResponse;
import io.vectordb.internal.metadata.v1.InitCluster;
import io.vectordb.internal.metadata.v1.MetadataCommand;
import io.vectordb.internal.metadata.v1.MetadataResult;
import io.vectordb.raft.FatalErrorHandler;
import io.vectordb.raft.GroupId;
import io.vectordb.raft.RaftNode;
import io.vectordb.raft.RaftNodeConfig;
import io.vectordb.raft.RaftPeerAddress;
import io.vectordb.raft.RaftSettings;
import io.vectordb.rpc.ChannelFactory;
import io.vectordb.rpc.GrpcErrors;
import io.vectordb.service.ServiceReadiness;
import io.vectordb.v1.AuditEntry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This process' replica of the log of the metadata: commands go in at the leader's, states come out at the {@link WatchHub}
 * of each. Brings itself into the group, names the cluster once, and promotes members that come. Thread-safe.
 */
final class MetadataLog implements ServiceReadiness, AutoCloseable {

    static final GroupId GROUP = GroupId.of("metadata");
    /** In the metadata of a {@code NOT_LEADER}: where the leader takes calls. */
    static final String LEADER_ADDRESS = GrpcErrors.LEADER_ADDRESS;

    private static final Logger LOG = LoggerFactory.getLogger(MetadataLog.class);
    private static final Duration NAMING_TIMEOUT = Duration.ofSeconds(5);
    private static final long BEGINNING_PAUSE_MILLIS = 20;
    private static final long PAUSE_MILLIS = 1_000;

    private final InstantSource clock;
    private final ScheduledExecutorService upkeep = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("metadata-upkeep").factory());
    private final RaftNode node;
    private final MetadataMembers members;
    private final GroupEntry entry;
    private final MemberAdmission admission;

    private MetadataLog(
            MetadataProperties properties,
            WatchHub hub,
            ChannelFactory channels,
            InstantSource clock,
            FatalErrorHandler fatal) {
        this.clock = clock;
        this.node = RaftNode.start(
                config(properties), (_, directory) -> new MetadataStateMachine(directory, hub), fatal, (_, _, _) -> {});
        this.members = properties.group().orElseGet(() -> alone(node));
        this.entry = new GroupEntry(node, members, channels);
        this.admission = new MemberAdmission(node, members, channels);
        hub.followWhile(this::follows);
    }

    private static RaftNodeConfig config(MetadataProperties properties) {
        Optional<MetadataMembers.Member> self = properties.group().flatMap(group -> group.find(properties.nodeId()));
        return RaftNodeConfig.ofNode(
                properties.nodeId(),
                self.map(MetadataMembers.Member::host).orElse(properties.raftHost()),
                self.map(MetadataMembers.Member::raftPort).orElse(properties.raftPort()),
                properties.dataDir(),
                RaftSettings.metadata());
    }

    private static MetadataMembers alone(RaftNode node) {
        RaftPeerAddress peer = RaftPeerAddress.ofNode(node.nodeId(), node.address());
        int colon = peer.address().lastIndexOf(':');
        int port = Integer.parseInt(peer.address().substring(colon + 1));
        return new MetadataMembers(
                node.nodeId(),
                List.of(new MetadataMembers.Member(node.nodeId(), peer.address().substring(0, colon), 0, port)));
    }

    /** Opens the log in the service's folder, or makes it there. Returns before it has a leader. */
    static MetadataLog open(MetadataProperties properties, WatchHub hub, ChannelFactory channels, InstantSource clock) {
        return open(properties, hub, channels, clock, FatalErrorHandler.HALT);
    }

    static MetadataLog open(
            MetadataProperties properties,
            WatchHub hub,
            ChannelFactory channels,
            InstantSource clock,
            FatalErrorHandler fatal) {
        MetadataLog log = new MetadataLog(properties, hub, channels, clock, fatal);
        try {
            if (log.members.list().size() == 1) {
                log.node.addGroup(GROUP, log.members.peers());
            }
        } catch (RuntimeException e) {
            log.close();
            throw e;
        }
        log.upkeep.execute(log::keepUp);
        return log;
    }

    MetadataMembers members() {
        return members;
    }

    /** The state as this process has it; {@code SHARD_UNAVAILABLE} while it has none. */
    MetadataState state() {
        return machine().current();
    }

    private MetadataStateMachine machine() {
        return (MetadataStateMachine) node.state(GROUP);
    }

    /** Lines of the audit log behind an index, as this process has them. */
    List<AuditEntry> audit(long afterIndex, int limit) {
        return machine().audit(afterIndex, limit);
    }

    /** The time that commands carry, in microseconds since 1970. */
    long timeMicros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
    }

    /** Whether this member leads and knows all that was committed before. */
    boolean isLeader() {
        return node.has(GROUP) && node.isLeader(GROUP);
    }

    /** Whether this member leads, or hears the leader. */
    boolean follows() {
        try {
            return node.has(GROUP) && node.follows(GROUP);
        } catch (VectorDbException e) {
            return false;
        }
    }

    /** The index of the last entry in the local state. */
    long appliedIndex() {
        return node.has(GROUP) ? node.appliedIndex(GROUP) : -1;
    }

    /**
     * The result of {@code command} once a majority has it.
     *
     * <p>Fails with the code of the state's refusal, or as {@link RaftNode#submit} does.
     */
    CompletableFuture<MetadataResult> submit(MetadataCommand.Builder command, Duration timeout) {
        byte[] bytes = command.setTimeMicros(timeMicros()).build().toByteArray();
        return node.submit(GROUP, bytes, timeout)
                .exceptionallyCompose(this::withAddress)
                .thenApply(MetadataLog::result);
    }

    /** Succeeds at the leader, once its state holds every change that was answered before this call. */
    CompletableFuture<Long> confirm(Duration timeout) {
        return node.barrier(GROUP, timeout).exceptionallyCompose(this::withAddress);
    }

    /** @throws VectorDbException {@code NOT_LEADER}, or {@code SHARD_UNAVAILABLE} while there is none that is ready */
    void requireLeader() {
        if (isLeader()) {
            return;
        }
        Optional<String> leader = node.leader(GROUP).filter(id -> !id.equals(members.self()));
        throw leader.map(id -> withAddress(new VectorDbException(
                        ErrorCode.NOT_LEADER,
                        "The leader of the metadata is " + id,
                        Map.of("leader", id, "group", GROUP.name()))))
                .orElseGet(() -> new VectorDbException(
                        ErrorCode.SHARD_UNAVAILABLE,
                        "The metadata have no leader that is ready",
                        Map.of("group", GROUP.name())));
    }

    private <A> CompletableFuture<A> withAddress(Throwable thrown) {
        return CompletableFuture.failedFuture(withAddress(GrpcErrors.fromThrowable(thrown)));
    }

    private VectorDbException withAddress(VectorDbException error) {
        Optional<String> address = Optional.ofNullable(error.metadata().get("leader"))
                .flatMap(members::find)
                .map(MetadataMembers.Member::rpcAddress);
        if (error.code() != ErrorCode.NOT_LEADER || address.isEmpty()) {
            return error;
        }
        Map<String, String> metadata = new HashMap<>(error.metadata());
        metadata.put(LEADER_ADDRESS, address.get());
        return new VectorDbException(error.code(), error.getMessage(), metadata);
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

    /** What this member is. */
    DescribeMemberResponse describe() {
        DescribeMemberResponse.Builder description =
                DescribeMemberResponse.newBuilder().setId(members.self()).setHasReplica(node.has(GROUP));
        if (node.has(GROUP)) {
            description.setClusterId(state().clusterId());
            node.leader(GROUP).ifPresent(description::setLeader);
        }
        return description.build();
    }

    /** See {@link MemberAdmission#admit}. */
    CompletableFuture<AdmitMemberResponse> admit(String memberId, Duration timeout) {
        return confirm(timeout).thenCompose(_ -> admission.admit(memberId));
    }

    /** What has to be done again and again until it is, on a thread of its own. */
    private void keepUp() {
        boolean isBeginning = true;
        try {
            if (!entry.isComplete()) {
                entry.proceed();
            }
            if (node.has(GROUP)) {
                isBeginning = state().clusterId().isEmpty();
                if (isBeginning && node.isLeader(GROUP)) {
                    nameCluster();
                }
                admission.promote();
            }
        } catch (RuntimeException e) {
            LOG.warn("The metadata group is not as it should be yet: {}", e.getMessage());
            LOG.debug("where that was found", e);
        }
        long pause = isBeginning && entry.isComplete() ? BEGINNING_PAUSE_MILLIS : PAUSE_MILLIS;
        if (!upkeep.isShutdown()) {
            upkeep.schedule(this::keepUp, entry.isFounding() ? BEGINNING_PAUSE_MILLIS : pause, TimeUnit.MILLISECONDS);
        }
    }

    /** Later names of several change nothing. */
    private void nameCluster() {
        InitCluster init = InitCluster.newBuilder()
                .setClusterId(UUID.randomUUID().toString())
                .build();
        submit(MetadataCommand.newBuilder().setInitCluster(init), NAMING_TIMEOUT)
                .join();
    }

    @Override
    public String name() {
        return "metadata";
    }

    @Override
    public Optional<String> notReadyBecause() {
        if (!node.has(GROUP)) {
            return Optional.of(entry.problem()
                    .orElseGet(() -> String.valueOf(node.failedGroups().getOrDefault(GROUP, "the log is not open"))));
        }
        if (!node.isHealthy()) {
            return Optional.of("the replica of the metadata log does not run");
        }
        if (!follows()) {
            return Optional.of("the metadata log has no leader that is ready");
        }
        if (!entry.isComplete()) {
            return Optional.of("this member of the metadata group does not vote yet");
        }
        return state().clusterId().isEmpty() ? Optional.of("the cluster has no id yet") : Optional.empty();
    }

    @Override
    public void close() {
        upkeep.shutdownNow();
        node.close();
    }
}
