package io.vectordb.e2e.fault;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.vectordb.e2e.process.ClusterProcesses;
import io.vectordb.internal.storage.v1.AddListenerRequest;
import io.vectordb.internal.storage.v1.CompareReplicasRequest;
import io.vectordb.internal.storage.v1.CompareReplicasResponse;
import io.vectordb.internal.storage.v1.GroupVoter;
import io.vectordb.internal.storage.v1.JoinGroupRequest;
import io.vectordb.internal.storage.v1.ListReplicasRequest;
import io.vectordb.internal.storage.v1.MemberInfo;
import io.vectordb.internal.storage.v1.PromoteListenerRequest;
import io.vectordb.internal.storage.v1.RemoveMemberRequest;
import io.vectordb.internal.storage.v1.ReplicaInfo;
import io.vectordb.internal.storage.v1.StorageAdminServiceGrpc;
import io.vectordb.internal.storage.v1.StorageAdminServiceGrpc.StorageAdminServiceBlockingStub;
import io.vectordb.internal.storage.v1.TransferLeadershipRequest;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** The replicas of one shard, asked of the storage nodes as an operator does. For one thread. */
final class Replicas implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final long CALL_SECONDS = 30;

    private final ClusterProcesses processes;
    private final String collectionUid;
    private final Map<String, ManagedChannel> channels = new HashMap<>();

    Replicas(ClusterProcesses processes, String collectionUid) {
        this.processes = processes;
        this.collectionUid = collectionUid;
    }

    String collectionUid() {
        return collectionUid;
    }

    private StorageAdminServiceBlockingStub admin(String node) {
        ManagedChannel channel = channels.computeIfAbsent(
                node,
                _ -> NettyChannelBuilder.forTarget(processes.rpcAddress(node))
                        .usePlaintext()
                        .build());
        channel.resetConnectBackoff();
        return StorageAdminServiceGrpc.newBlockingStub(channel).withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS);
    }

    /** The replica of a node; empty while it does not answer or has none. */
    Optional<ReplicaInfo> of(String node) {
        try {
            return admin(node).listReplicas(ListReplicasRequest.getDefaultInstance()).getReplicasList().stream()
                    .filter(each -> each.getShard().startsWith(collectionUid))
                    .findFirst();
        } catch (StatusRuntimeException e) {
            return Optional.empty();
        }
    }

    /** The node that leads, for so long as that lasts. */
    String leader() {
        return Awaitility.await("a replica leads")
                .atMost(PATIENCE)
                .pollInterval(POLL)
                .until(
                        () -> ClusterProcesses.STORAGE.stream()
                                .filter(node -> of(node).stream().anyMatch(ReplicaInfo::getLeader))
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    private ReplicaInfo atLeader() {
        return Awaitility.await("the leader tells its members")
                .atMost(PATIENCE)
                .pollInterval(POLL)
                .until(() -> of(leader()), Optional::isPresent)
                .orElseThrow();
    }

    /** Lets another one lead. */
    void transferLeadership(String node) {
        untilSo(
                node + " leads",
                () -> leader().equals(node),
                () -> admin(leader())
                        .transferLeadership(TransferLeadershipRequest.newBuilder()
                                .setShard(atLeader().getShard())
                                .setNode(node)
                                .build()));
    }

    /** Takes the replica of a node out of the group and a new one in, as an operator does with one that was damaged. */
    void replace(String node) {
        ReplicaInfo before = atLeader();
        String shard = before.getShard();
        MemberInfo replaced = member(before, node).orElseThrow();
        untilSo(
                node + " is no member",
                () -> member(atLeader(), node).isEmpty(),
                () -> admin(leader())
                        .removeMember(RemoveMemberRequest.newBuilder()
                                .setShard(shard)
                                .setNode(node)
                                .build()));
        untilSo(node + " has set its replica aside", () -> !isWorking(node), () -> {});
        JoinGroupRequest.Builder join =
                JoinGroupRequest.newBuilder().setShard(shard).setIncarnation(before.getIncarnation());
        before.getMembersList().stream()
                .filter(member -> !member.getNode().equals(node))
                .map(Replicas::voter)
                .forEach(join::addVoters);
        untilSo(node + " has joined", () -> isWorking(node), () -> admin(node).joinGroup(join.build()));
        untilSo(
                node + " listens",
                () -> member(atLeader(), node).isPresent(),
                () -> admin(leader())
                        .addListener(AddListenerRequest.newBuilder()
                                .setShard(shard)
                                .setNode(node)
                                .setDisk(replaced.getDisk())
                                .setRaftAddress(replaced.getRaftAddress())
                                .build()));
        untilSo(
                node + " votes",
                () -> member(atLeader(), node).orElseThrow().getVoter(),
                () -> admin(leader())
                        .promoteListener(PromoteListenerRequest.newBuilder()
                                .setShard(shard)
                                .setNode(node)
                                .build()));
    }

    private static Optional<MemberInfo> member(ReplicaInfo replica, String node) {
        return replica.getMembersList().stream()
                .filter(member -> member.getNode().equals(node))
                .findFirst();
    }

    /** Whether a node has a replica that is not set aside. */
    boolean isWorking(String node) {
        return of(node).map(each -> each.getSetAside().isEmpty()).orElse(false);
    }

    private static GroupVoter voter(MemberInfo member) {
        return GroupVoter.newBuilder()
                .setNode(member.getNode())
                .setDisk(member.getDisk())
                .setRaftAddress(member.getRaftAddress())
                .build();
    }

    /** A node that does not answer just now, or a leader that does not count it as a member just now. */
    private static boolean isPassing(Throwable thrown) {
        return thrown instanceof StatusRuntimeException || thrown instanceof NoSuchElementException;
    }

    /** Calls while it is not so: an answer may be lost, a leader may change. */
    private static void untilSo(String what, Callable<Boolean> isSo, Runnable call) {
        Awaitility.await(what)
                .atMost(PATIENCE)
                .pollInterval(POLL)
                .ignoreExceptionsMatching(Replicas::isPassing)
                .until(() -> {
                    if (isSo.call()) {
                        return true;
                    }
                    call.run();
                    return false;
                });
    }

    /** Waits until all three are voters and hold the same as of one entry. */
    void awaitAlike() {
        Awaitility.await("all replicas are alike")
                .atMost(PATIENCE)
                .pollInterval(POLL)
                .ignoreExceptionsMatching(Replicas::isPassing)
                .until(
                        this::compare,
                        compared -> compared.getAlike()
                                && compared.getReplicasCount() == ClusterProcesses.STORAGE.size()
                                && compared.getReplicasList().stream()
                                        .allMatch(each -> each.getFailure().isEmpty()));
    }

    /** The hashes as of one entry. */
    CompareReplicasResponse compare() {
        String leader = leader();
        ReplicaInfo replica = of(leader).orElseThrow();
        return admin(leader)
                .compareReplicas(CompareReplicasRequest.newBuilder()
                        .setShard(replica.getShard())
                        .build());
    }

    @Override
    public void close() {
        channels.values().forEach(ManagedChannel::shutdownNow);
    }
}
