package io.vectordb.storagenode;

import com.google.protobuf.InvalidProtocolBufferException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vectordb.internal.storage.v1.CompareReplicasResponse;
import io.vectordb.internal.storage.v1.ComparedReplica;
import io.vectordb.internal.storage.v1.HashCommand;
import io.vectordb.internal.storage.v1.HashQuestion;
import io.vectordb.internal.storage.v1.ReplicaAnswer;
import io.vectordb.internal.storage.v1.ReplicaHash;
import io.vectordb.internal.storage.v1.ReplicaQuestion;
import io.vectordb.internal.storage.v1.ShardCommand;
import io.vectordb.raft.GroupId;
import io.vectordb.raft.GroupMember;
import io.vectordb.storage.AppliedPosition;
import io.vectordb.storage.ContentHash;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the replicas of the shards that this node leads, when asked and from time to time.
 *
 * <p>An entry of the log makes every replica hash what it holds as of that entry; the leader then asks each for its hash,
 * over the port of the log. Replicas that differ are reported, in the log at ERROR and by a meter, and never repaired:
 * which of them is right is not for a program to say.
 */
final class ReplicaComparison implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ReplicaComparison.class);
    private static final Duration SUBMIT_TIMEOUT = Duration.ofSeconds(10);
    /** A replica of 50 GB is read in a few minutes. */
    private static final Duration HASH_TIMEOUT = Duration.ofMinutes(15);

    private static final int WAIT_MILLIS = 1_000;
    private static final long PAUSE_NANOS = 50_000_000;

    private final DiskServers node;
    private final ShardReplicas replicas;
    private final Set<GroupId> differing = ConcurrentHashMap.newKeySet();
    private final ExecutorService workers = Executors.newThreadPerTaskExecutor(
            Thread.ofPlatform().daemon().name("replica-comparison-", 0).factory());
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("replica-check").factory());

    /** @param interval between the checks of all shards; zero: only when asked */
    ReplicaComparison(DiskServers node, ShardReplicas replicas, Duration interval) {
        this.node = node;
        this.replicas = replicas;
        if (interval.isPositive()) {
            timer.scheduleWithFixedDelay(
                    this::checkAll, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    void register(MeterRegistry meters) {
        Gauge.builder("vectordb.storage.replicas.differing", differing, Set::size)
                .description("Shards led here whose replicas differed when they were last compared")
                .register(meters);
    }

    /** Fails with {@code NOT_LEADER} where this node does not lead. Ends when all have answered or had their time. */
    CompletableFuture<CompareReplicasResponse> compare(GroupId group) {
        String checkId = UUID.randomUUID().toString();
        byte[] entry = ShardCommand.newBuilder()
                .setHash(HashCommand.newBuilder().setCheckId(checkId))
                .build()
                .toByteArray();
        return node.of(group)
                .submit(group, entry, SUBMIT_TIMEOUT)
                .thenApplyAsync(_ -> collect(group, checkId), workers);
    }

    private CompareReplicasResponse collect(GroupId group, String checkId) {
        long deadline = System.nanoTime() + HASH_TIMEOUT.toNanos();
        List<GroupMember> members = node.of(group).membership().members(group);
        List<CompletableFuture<ComparedReplica>> asked = members.stream()
                .map(member ->
                        CompletableFuture.supplyAsync(() -> ask(group, member.nodeId(), checkId, deadline), workers))
                .toList();
        List<ComparedReplica> answers =
                asked.stream().map(CompletableFuture::join).toList();
        CompareReplicasResponse compared = compare(answers);
        report(group, compared);
        return compared;
    }

    private ComparedReplica ask(GroupId group, String nodeId, String checkId, long deadline) {
        ComparedReplica.Builder compared = ComparedReplica.newBuilder().setNode(nodeId);
        HashQuestion question = HashQuestion.newBuilder()
                .setCheckId(checkId)
                .setWaitMillis(WAIT_MILLIS)
                .build();
        while (true) {
            try {
                ReplicaAnswer answer = ask(group, nodeId, question);
                if (answer.hasHash()) {
                    return compared.setHash(answer.getHash()).build();
                }
                if (!answer.getFailure().equals(ReplicaHashes.PENDING) || System.nanoTime() > deadline) {
                    return compared.setFailure(answer.getFailure()).build();
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            } catch (InvalidProtocolBufferException | RuntimeException e) {
                Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
                return compared.setFailure(String.valueOf(cause.getMessage())).build();
            }
        }
    }

    private ReplicaAnswer ask(GroupId group, String nodeId, HashQuestion question)
            throws InvalidProtocolBufferException {
        if (nodeId.equals(node.nodeId())) {
            return replicas.replica(group).hashes().answer(question);
        }
        byte[] bytes = ReplicaQuestion.newBuilder().setHash(question).build().toByteArray();
        return ReplicaAnswer.parseFrom(node.of(group).ask(group, nodeId, bytes).join());
    }

    private CompareReplicasResponse compare(List<ComparedReplica> answers) {
        CompareReplicasResponse.Builder response =
                CompareReplicasResponse.newBuilder().setAlike(true);
        ReplicaHash own = answers.stream()
                .filter(each -> each.getNode().equals(node.nodeId()) && each.hasHash())
                .map(ComparedReplica::getHash)
                .findFirst()
                .orElse(ReplicaHash.getDefaultInstance());
        response.setLogIndex(own.getLogIndex());
        for (ComparedReplica answer : answers) {
            List<String> differences = answer.hasHash() && own.getLogIndex() != 0
                    ? hash(own).differences(hash(answer.getHash()))
                    : List.of();
            response.addReplicas(answer.toBuilder().addAllDiffersIn(differences));
            response.setAlike(response.getAlike() && differences.isEmpty());
        }
        return response.build();
    }

    private static ContentHash hash(ReplicaHash hash) {
        return new ContentHash(
                new AppliedPosition(hash.getTerm(), hash.getLogIndex()),
                hash.getRecords(),
                hash.getFeed(),
                hash.getFeedRows(),
                hash.getRequests(),
                hash.getCounters());
    }

    private void report(GroupId group, CompareReplicasResponse compared) {
        if (compared.getAlike()) {
            differing.remove(group);
            LOG.info("replicas of {} as of {}: no differences", group, compared.getLogIndex());
            return;
        }
        differing.add(group);
        LOG.error("the replicas of {} differ: {}", group, compared);
    }

    private void checkAll() {
        for (GroupId group : replicas.groups()) {
            try {
                if (node.of(group).isLeader(group)) {
                    compare(group).join();
                }
            } catch (RuntimeException e) {
                LOG.warn("the replicas of {} could not be compared: {}", group, e.toString());
            }
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
        workers.shutdownNow();
    }
}
