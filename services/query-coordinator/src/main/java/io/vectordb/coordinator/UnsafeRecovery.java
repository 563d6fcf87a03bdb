package io.vectordb.coordinator;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.coordinator.ShardAdmin.Seen;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.internal.metadata.v1.SucceedShardRequest;
import io.vectordb.internal.storage.v1.MemberInfo;
import io.vectordb.internal.storage.v1.ReplicaInfo;
import io.vectordb.rpc.GrpcErrors;
import io.vectordb.v1.Replica;
import io.vectordb.v1.Shard;
import io.vectordb.v1.SurvivingReplica;
import io.vectordb.v1.UnsafeRecoverRequest;
import io.vectordb.v1.UnsafeRecoverResponse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;

/**
 * Goes on with one replica of a shard that has lost its majority for good.
 *
 * <p>The metadata gives the shard its next incarnation, with that replica's node alone; the node makes a group of that
 * incarnation out of all that its replica has. So nothing is done by halves: once the metadata has it, the node goes on until
 * it is done, whatever becomes of this coordinator, and every other replica of the earlier incarnation belongs to a group that
 * the shard has left, wherever it turns up.
 */
final class UnsafeRecovery {

    private final ShardAdmin shards;
    private final Catalog catalog;
    private final AuditLog audit;

    UnsafeRecovery(ShardAdmin shards, Catalog catalog, AuditLog audit) {
        this.shards = shards;
        this.catalog = catalog;
        this.audit = audit;
    }

    /**
     * What would be done.
     *
     * @param lost the nodes whose replicas do not work
     */
    private record Plan(Seen seen, SurvivingReplica chosen, List<SurvivingReplica> replicas, List<String> lost) {

        UnsafeRecoverResponse.Builder answer() {
            return UnsafeRecoverResponse.newBuilder()
                    .setShard(seen.shard().getId())
                    .setNode(chosen.getNode())
                    .addAllReplicas(replicas)
                    .addAllWarnings(warnings());
        }

        private List<String> warnings() {
            String gone = String.join(", ", lost);
            return List.of(
                    "writes that were acknowledged and that the replica on " + chosen.getNode()
                            + " has not received are lost: its log ends at index " + chosen.getLastLogIndex()
                            + " of term " + chosen.getLastLogTerm() + "; it had applied "
                            + chosen.getAppliedIndex()
                            + ", what comes after takes effect whether it was acknowledged or not",
                    "stop the nodes " + gone
                            + " for good before this, or their disks: one that is only cut off from here "
                            + "may acknowledge writes until it hears of this, and they are lost",
                    "the replicas on " + gone + " are set aside and kept when their nodes come back",
                    "the shard has one replica afterwards: back its collection up, and restore it for as many as you want");
        }

        String detail() {
            return "goes on with " + chosen.getNode() + " (log to " + chosen.getLastLogIndex() + " of term "
                    + chosen.getLastLogTerm() + ", applied " + chosen.getAppliedIndex() + "); given up: "
                    + String.join(", ", lost) + "; incarnation "
                    + seen.owned().shard().getIncarnation();
        }
    }

    Mono<UnsafeRecoverResponse> recover(UnsafeRecoverRequest request, TimeBudget time) {
        AuditLog.Change change = AuditLog.Change.of(
                "unsafe_recover",
                "shards/" + request.getShard(),
                request.getNode().isEmpty() ? "" : "asked for " + request.getNode());
        if (request.getDryRun()) {
            return plan(request, time).map(plan -> plan.answer().build());
        }
        return plan(request, time)
                .doOnNext(plan -> refuseUnconfirmed(request, plan))
                .onErrorResume(e -> refused(change, GrpcErrors.fromThrowable(e)))
                .flatMap(plan -> audit.around(change.with(plan.detail()), time, () -> recover(plan, time)));
    }

    private <A> Mono<A> refused(AuditLog.Change change, VectorDbException why) {
        return audit.refused(change, why).then(Mono.error(why));
    }

    private static void refuseUnconfirmed(UnsafeRecoverRequest request, Plan plan) {
        if (!request.getConfirmClusterId().equals(plan.seen().survey().state().getClusterId())) {
            throw new VectorDbException(
                    ErrorCode.INVALID_VALUE,
                    "confirm_cluster_id: expected the id of this cluster, as GetInfo tells it, received \""
                            + request.getConfirmClusterId() + "\"; nothing was done");
        }
    }

    private Mono<Plan> plan(UnsafeRecoverRequest request, TimeBudget time) {
        return shards.see(request.getShard(), time).map(seen -> plan(seen, request.getNode()));
    }

    private static Plan plan(Seen seen, String asked) {
        List<SurvivingReplica> replicas =
                seen.current().stream().map(replica -> survivor(seen, replica)).toList();
        List<SurvivingReplica> working = replicas.stream()
                .filter(each -> each.getReason().isEmpty() && !each.getRole().equals(ClusterMessages.LISTENER))
                .toList();
        refuseMajority(seen, working);
        SurvivingReplica furthest = working.stream()
                .max(Comparator.comparingLong(SurvivingReplica::getLastLogTerm)
                        .thenComparingLong(SurvivingReplica::getLastLogIndex))
                .orElseThrow(() -> new VectorDbException(
                        ErrorCode.SHARD_UNAVAILABLE,
                        "no replica of shard " + seen.shard().getId() + " is left that works: " + reasons(replicas),
                        Map.of("shard", seen.shard().getId())));
        SurvivingReplica chosen = asked.isEmpty() ? furthest : choose(seen, asked, working, furthest);
        List<String> lost = replicas.stream()
                .map(SurvivingReplica::getNode)
                .filter(node -> !node.equals(chosen.getNode()))
                .toList();
        return new Plan(seen, chosen, replicas, lost);
    }

    private static String reasons(List<SurvivingReplica> replicas) {
        return replicas.stream()
                .map(each -> each.getNode() + ": " + each.getReason())
                .collect(Collectors.joining("; "));
    }

    private static SurvivingReplica choose(
            Seen seen, String asked, List<SurvivingReplica> working, SurvivingReplica furthest) {
        seen.working(asked);
        SurvivingReplica chosen = working.stream()
                .filter(each -> each.getNode().equals(asked))
                .findFirst()
                .orElseThrow(() -> seen.conflict(
                        "the replica of shard " + seen.shard().getId() + " on node " + asked + " only listens"));
        boolean behind = chosen.getLastLogTerm() < furthest.getLastLogTerm()
                || chosen.getLastLogTerm() == furthest.getLastLogTerm()
                        && chosen.getLastLogIndex() < furthest.getLastLogIndex();
        if (behind) {
            throw seen.conflict("the replica on node " + furthest.getNode() + " is further ("
                    + furthest.getLastLogIndex() + " of term " + furthest.getLastLogTerm() + ") than that on node "
                    + asked + " (" + chosen.getLastLogIndex() + " of term " + chosen.getLastLogTerm()
                    + "): name that one, or stop its node if it is not to be used");
        }
        return chosen;
    }

    private static SurvivingReplica survivor(Seen seen, Replica replica) {
        SurvivingReplica.Builder survivor = SurvivingReplica.newBuilder()
                .setNode(replica.getNode())
                .setRole(replica.getRole())
                .setReason(replica.getReason())
                .setAppliedIndex(replica.getAppliedIndex())
                .setLastLogIndex(-1);
        if (ClusterMessages.works(replica)) {
            ReplicaInfo info = info(seen, replica.getNode());
            survivor.setLastLogTerm(info.getLastLogTerm()).setLastLogIndex(info.getLastLogIndex());
        }
        return survivor.build();
    }

    private static ReplicaInfo info(Seen seen, String node) {
        ShardState shard = seen.owned().shard();
        return seen.survey()
                .of(node)
                .replica(shard.getUid(), shard.getIncarnation())
                .orElse(ReplicaInfo.getDefaultInstance());
    }

    /** Of the voters that the group itself knows, which somebody may have changed by hand; else of those that were placed. */
    private static void refuseMajority(Seen seen, List<SurvivingReplica> working) {
        if (!seen.shard().getLeader().isEmpty()) {
            throw seen.conflict("node " + seen.shard().getLeader() + " leads shard "
                    + seen.shard().getId() + ": it has its majority, or finds out in some seconds that it has not");
        }
        Set<String> voters = new TreeSet<>();
        working.forEach(replica -> info(seen, replica.getNode()).getMembersList().stream()
                .filter(MemberInfo::getVoter)
                .map(MemberInfo::getNode)
                .forEach(voters::add));
        if (voters.isEmpty()) {
            voters.addAll(seen.owned().shard().getStorageNodesList());
        }
        List<String> alive = new ArrayList<>(working.stream()
                .map(SurvivingReplica::getNode)
                .filter(voters::contains)
                .toList());
        if (alive.size() > voters.size() / 2) {
            throw seen.conflict(
                    "of the " + voters.size() + " replicas of shard "
                            + seen.shard().getId() + " "
                            + alive.size() + " answer (" + String.join(", ", alive)
                            + "): they are a majority and elect a leader by themselves; repeat your write, or look at their logs");
        }
    }

    private Mono<UnsafeRecoverResponse> recover(Plan plan, TimeBudget time) {
        ShardState shard = plan.seen().owned().shard();
        SucceedShardRequest request = SucceedShardRequest.newBuilder()
                .setUid(shard.getUid())
                .setIfIncarnation(shard.getIncarnation())
                .setNode(plan.chosen().getNode())
                .build();
        return catalog.succeed(request, time)
                .then(shards.awaitLeader(shard.getName(), plan.chosen().getNode(), time)
                        .onErrorMap(e -> undone(plan, GrpcErrors.fromThrowable(e))))
                .map((Shard now) -> plan.answer().setDone(true).setNow(now).build());
    }

    private static VectorDbException undone(Plan plan, VectorDbException error) {
        return new VectorDbException(
                error.code(),
                "it is decided that shard " + plan.seen().shard().getId() + " goes on with node "
                        + plan.chosen().getNode() + ", which does not lead yet and goes on trying: "
                        + error.getMessage(),
                error.metadata());
    }
}
