package io.vectordb.storagenode;

import io.grpc.stub.StreamObserver;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.storage.v1.AddListenerRequest;
import io.vectordb.internal.storage.v1.AddListenerResponse;
import io.vectordb.internal.storage.v1.CompactReplicaRequest;
import io.vectordb.internal.storage.v1.CompactReplicaResponse;
import io.vectordb.internal.storage.v1.CompareReplicasRequest;
import io.vectordb.internal.storage.v1.CompareReplicasResponse;
import io.vectordb.internal.storage.v1.DropReplicaRequest;
import io.vectordb.internal.storage.v1.DropReplicaResponse;
import io.vectordb.internal.storage.v1.FormatDiskRequest;
import io.vectordb.internal.storage.v1.FormatDiskResponse;
import io.vectordb.internal.storage.v1.JoinGroupRequest;
import io.vectordb.internal.storage.v1.JoinGroupResponse;
import io.vectordb.internal.storage.v1.ListDisksRequest;
import io.vectordb.internal.storage.v1.ListDisksResponse;
import io.vectordb.internal.storage.v1.ListReplicasRequest;
import io.vectordb.internal.storage.v1.ListReplicasResponse;
import io.vectordb.internal.storage.v1.MemberInfo;
import io.vectordb.internal.storage.v1.PromoteListenerRequest;
import io.vectordb.internal.storage.v1.PromoteListenerResponse;
import io.vectordb.internal.storage.v1.RemoveMemberRequest;
import io.vectordb.internal.storage.v1.RemoveMemberResponse;
import io.vectordb.internal.storage.v1.ReplicaInfo;
import io.vectordb.internal.storage.v1.StorageAdminServiceGrpc;
import io.vectordb.internal.storage.v1.SyncReplicaRequest;
import io.vectordb.internal.storage.v1.SyncReplicaResponse;
import io.vectordb.internal.storage.v1.TransferLeadershipRequest;
import io.vectordb.internal.storage.v1.TransferLeadershipResponse;
import io.vectordb.raft.GroupId;
import io.vectordb.raft.GroupMember;
import io.vectordb.raft.GroupProgress;
import io.vectordb.raft.RaftNode;
import io.vectordb.raft.RaftPeerAddress;
import io.vectordb.raft.ServerId;
import io.vectordb.storage.ShardStore;
import io.vectordb.storage.StoreStatistics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/** What operators, and those who move shards, ask of this node. Slow calls run one after another on a thread of their own. */
final class StorageAdminGrpcService extends StorageAdminServiceGrpc.StorageAdminServiceImplBase
        implements AutoCloseable {

    private static final Duration TRANSFER_TIMEOUT = Duration.ofSeconds(10);

    private final DiskServers node;
    private final ShardReplicas replicas;
    private final ToIntFunction<String> missingSegments;
    private final ReplicaComparison comparison;
    private final ExecutorService changes = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("storage-admin").factory());
    /** One at a time, since they take the disks' time from reads and writes. */
    private final ExecutorService compactions = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("storage-compaction").factory());

    /** @param missingSegments of the shard of a uid: how many of those it has published are not whole here */
    StorageAdminGrpcService(
            DiskServers node,
            ShardReplicas replicas,
            ReplicaComparison comparison,
            ToIntFunction<String> missingSegments) {
        this.node = node;
        this.replicas = replicas;
        this.missingSegments = missingSegments;
        this.comparison = comparison;
    }

    @Override
    public void listReplicas(ListReplicasRequest request, StreamObserver<ListReplicasResponse> observer) {
        ListReplicasResponse.Builder response = ListReplicasResponse.newBuilder();
        Predicate<GroupId> asked = group ->
                request.getShard().isEmpty() || ShardGroup.of(group).shardUid().equals(request.getShard());
        List<GroupId> running = node.groups().stream().filter(asked).toList();
        for (GroupId group : running) {
            try {
                ReplicaInfo.Builder info = working(group);
                if (!request.getShard().isEmpty()) {
                    info.setMissingSegments(missingSegments.applyAsInt(request.getShard()));
                }
                response.addReplicas(info);
            } catch (VectorDbException e) {
                // It stops at this very moment.
                response.addReplicas(named(group).setSetAside(String.valueOf(e.getMessage())));
            }
        }
        Stream.of(node.failedGroups(), node.retiredGroups())
                .flatMap(groups -> groups.entrySet().stream())
                .filter(each -> asked.test(each.getKey()) && !running.contains(each.getKey()))
                .forEach(each -> response.addReplicas(named(each.getKey()).setSetAside(each.getValue())));
        observer.onNext(response.build());
        observer.onCompleted();
    }

    private static ReplicaInfo.Builder named(GroupId group) {
        ShardGroup shard = ShardGroup.of(group);
        return ReplicaInfo.newBuilder().setShard(shard.shardUid()).setIncarnation(shard.incarnation());
    }

    private ReplicaInfo.Builder working(GroupId group) {
        RaftNode server = node.of(group);
        GroupProgress progress = server.membership().progress(group);
        StoreStatistics statistics = replicas.store(group).statistics();
        ReplicaInfo.Builder info = named(group)
                .setRole(progress.role())
                .setLastLogTerm(progress.logEnd().term())
                .setLastLogIndex(progress.logEnd().index())
                .setRecords(statistics.liveRecords())
                .setBytes(bytes(statistics))
                .setDisk(node.diskOf(group))
                .setLeader(server.isLeader(group))
                .setLeaderNode(server.leader(group).orElse(""))
                .setAppliedIndex(server.appliedIndex(group));
        for (GroupMember member : server.membership().members(group)) {
            info.addMembers(MemberInfo.newBuilder()
                    .setNode(member.nodeId())
                    .setDisk(member.server().disk())
                    .setRaftAddress(member.address())
                    .setVoter(member.voter())
                    .setCommitIndex(member.commitIndex()));
        }
        return info;
    }

    @Override
    public void joinGroup(JoinGroupRequest request, StreamObserver<JoinGroupResponse> observer) {
        GroupId group = new ShardGroup(request.getShard(), request.getIncarnation()).id();
        List<RaftPeerAddress> voters = request.getVotersList().stream()
                .filter(voter -> !voter.getNode().equals(node.nodeId()))
                .map(voter ->
                        new RaftPeerAddress(new ServerId(voter.getNode(), voter.getDisk()), voter.getRaftAddress()))
                .toList();
        Answers.answer(
                observer,
                CompletableFuture.supplyAsync(
                        () -> {
                            RaftNode server = replicas.join(
                                    group, voters, request.getBytes() / 3 * 4, request.getMetadataVersion());
                            return JoinGroupResponse.newBuilder()
                                    .setDisk(node.diskOf(group))
                                    .setRaftAddress(server.address())
                                    .build();
                        },
                        changes));
    }

    @Override
    public void addListener(AddListenerRequest request, StreamObserver<AddListenerResponse> observer) {
        RaftPeerAddress listener =
                new RaftPeerAddress(new ServerId(request.getNode(), request.getDisk()), request.getRaftAddress());
        GroupId group = replicas.group(request.getShard());
        Answers.answer(
                observer,
                node.of(group)
                        .membership()
                        .addListener(group, listener)
                        .thenApply(_ -> AddListenerResponse.getDefaultInstance()));
    }

    @Override
    public void promoteListener(PromoteListenerRequest request, StreamObserver<PromoteListenerResponse> observer) {
        GroupId group = replicas.group(request.getShard());
        Optional<String> replaced = Optional.of(request.getReplacesNode()).filter(each -> !each.isEmpty());
        Answers.answer(
                observer,
                comparison
                        .compare(group)
                        .thenAccept(compared -> refuseUnlessAlike(group, request.getNode(), compared))
                        .thenCompose(_ -> node.of(group).membership().promote(group, request.getNode(), replaced))
                        .thenApply(_ -> PromoteListenerResponse.getDefaultInstance()));
    }

    private static void refuseUnlessAlike(GroupId group, String nodeId, CompareReplicasResponse compared) {
        Map<String, String> metadata = Map.of("group", group.name(), "node", nodeId);
        compared.getReplicasList().stream()
                .filter(replica -> replica.getNode().equals(nodeId))
                .forEach(replica -> {
                    if (replica.getDiffersInCount() > 0) {
                        throw new VectorDbException(
                                ErrorCode.SEGMENT_CORRUPT,
                                "The replica of " + group + " on node " + nodeId + " differs from the leader's in "
                                        + replica.getDiffersInList(),
                                metadata);
                    }
                    if (!replica.hasHash()) {
                        throw new VectorDbException(
                                ErrorCode.OPERATION_CONFLICT,
                                "The replica of " + group + " on node " + nodeId + " could not be compared: "
                                        + replica.getFailure(),
                                metadata);
                    }
                });
    }

    @Override
    public void removeMember(RemoveMemberRequest request, StreamObserver<RemoveMemberResponse> observer) {
        GroupId group = replicas.group(request.getShard());
        Answers.answer(
                observer,
                node.of(group)
                        .membership()
                        .remove(group, request.getNode())
                        .thenApply(_ -> RemoveMemberResponse.getDefaultInstance()));
    }

    @Override
    public void dropReplica(DropReplicaRequest request, StreamObserver<DropReplicaResponse> observer) {
        GroupId group = new ShardGroup(request.getShard(), request.getIncarnation()).id();
        Answers.answer(
                observer,
                CompletableFuture.supplyAsync(
                        () -> {
                            replicas.drop(group, request.getDismissed());
                            return DropReplicaResponse.getDefaultInstance();
                        },
                        changes));
    }

    @Override
    public void transferLeadership(
            TransferLeadershipRequest request, StreamObserver<TransferLeadershipResponse> observer) {
        GroupId group = replicas.group(request.getShard());
        Answers.answer(
                observer,
                node.of(group)
                        .membership()
                        .transferLeadership(group, request.getNode(), TRANSFER_TIMEOUT)
                        .thenApply(_ -> TransferLeadershipResponse.getDefaultInstance()));
    }

    @Override
    public void listDisks(ListDisksRequest request, StreamObserver<ListDisksResponse> observer) {
        Answers.answer(
                observer,
                CompletableFuture.supplyAsync(
                        () -> ListDisksResponse.newBuilder()
                                .addAllDisks(DiskInfos.of(node))
                                .build(),
                        changes));
    }

    @Override
    public void formatDisk(FormatDiskRequest request, StreamObserver<FormatDiskResponse> observer) {
        Answers.answer(
                observer,
                CompletableFuture.supplyAsync(
                        () -> FormatDiskResponse.newBuilder()
                                .setId(DiskServers.name(node.format(Path.of(request.getFolder()))))
                                .build(),
                        changes));
    }

    @Override
    public void syncReplica(SyncReplicaRequest request, StreamObserver<SyncReplicaResponse> observer) {
        GroupId group = replicas.group(request.getShard());
        Answers.answer(
                observer,
                node.of(group)
                        .sync(group)
                        .thenApply(_ -> SyncReplicaResponse.newBuilder()
                                .setAppliedIndex(node.of(group).appliedIndex(group))
                                .build()));
    }

    @Override
    public void compactReplica(CompactReplicaRequest request, StreamObserver<CompactReplicaResponse> observer) {
        GroupId group = replicas.group(request.getShard());
        Answers.answer(
                observer,
                CompletableFuture.supplyAsync(
                        () -> {
                            ShardStore store = replicas.store(group);
                            long before = bytes(store.statistics());
                            store.compact();
                            return CompactReplicaResponse.newBuilder()
                                    .setBytesBefore(before)
                                    .setBytesAfter(bytes(store.statistics()))
                                    .build();
                        },
                        compactions));
    }

    private static long bytes(StoreStatistics statistics) {
        return statistics.sstBytes() + statistics.memtableBytes();
    }

    @Override
    public void compareReplicas(CompareReplicasRequest request, StreamObserver<CompareReplicasResponse> observer) {
        Answers.answer(observer, comparison.compare(replicas.group(request.getShard())));
    }

    @Override
    public void close() {
        changes.shutdownNow();
        compactions.shutdownNow();
    }
}
