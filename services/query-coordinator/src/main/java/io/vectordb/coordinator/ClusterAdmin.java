package io.vectordb.coordinator;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.coordinator.ClusterSurvey.NodeAnswer;
import io.vectordb.coordinator.Shards.Owned;
import io.vectordb.internal.metadata.v1.ListHeartbeatsResponse.Heartbeat;
import io.vectordb.internal.metadata.v1.Node.Service;
import io.vectordb.internal.storage.v1.FormatDiskResponse;
import io.vectordb.internal.storage.v1.StorageAdminServiceGrpc;
import io.vectordb.rpc.NodeStates;
import io.vectordb.v1.Disk;
import io.vectordb.v1.FormatDiskRequest;
import io.vectordb.v1.GetClusterResponse;
import io.vectordb.v1.ListNodesRequest;
import io.vectordb.v1.ListNodesResponse;
import io.vectordb.v1.ListShardsRequest;
import io.vectordb.v1.ListShardsResponse;
import io.vectordb.v1.Replica;
import io.vectordb.v1.Shard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import reactor.core.publisher.Mono;

/** How the cluster is: asked of its nodes at the time of the call. */
final class ClusterAdmin {

    private static final Duration HEARTBEATS_TIME = Duration.ofSeconds(2);

    private final Catalog catalog;
    private final ClusterSurveyor surveyor;
    private final NodeCalls nodes;
    private final AuditLog audit;

    ClusterAdmin(Catalog catalog, ClusterSurveyor surveyor, NodeCalls nodes, AuditLog audit) {
        this.catalog = catalog;
        this.surveyor = surveyor;
        this.nodes = nodes;
        this.audit = audit;
    }

    Mono<GetClusterResponse> cluster(TimeBudget time) {
        return surveyor.survey(time).map(ClusterAdmin::cluster);
    }

    private static GetClusterResponse cluster(ClusterSurvey survey) {
        List<String> reasons = new ArrayList<>();
        int together = survey.state().getControl().getMissingTogether();
        if (together > 0) {
            reasons.add(together
                    + " nodes are missing together, more than a third of their kind: none of them is taken for "
                    + "dead, and nothing is made anew elsewhere");
        }
        answers(survey).forEach(answer -> addReasons(answer, reasons));
        int underReplicated = 0;
        boolean unavailable = false;
        List<Owned> shards = Shards.all(survey.state());
        for (Owned owned : shards) {
            Shard shard = ClusterMessages.shard(owned.collection(), owned.shard(), survey);
            long working = shard.getReplicasList().stream()
                    .filter(each ->
                            ClusterMessages.works(each) && !each.getRole().equals(ClusterMessages.LISTENER))
                    .count();
            if (working < owned.wanted()) {
                underReplicated++;
                reasons.add("shard " + shard.getId() + ": " + working + " of " + owned.wanted() + " replicas work");
            }
            if (shard.getLeader().isEmpty()) {
                unavailable = true;
                reasons.add("shard " + shard.getId() + " has no leader");
            }
        }
        return GetClusterResponse.newBuilder()
                .setClusterId(survey.state().getClusterId())
                .setHealth(unavailable ? "unavailable" : reasons.isEmpty() ? "healthy" : "degraded")
                .addAllReasons(reasons)
                .setNodes(survey.state().getNodesCount())
                .setShards(shards.size())
                .setUnderReplicated(underReplicated)
                .build();
    }

    private static void addReasons(NodeAnswer answer, List<String> reasons) {
        io.vectordb.internal.metadata.v1.Node node = answer.node();
        if (node.getState() == io.vectordb.internal.metadata.v1.Node.State.DECOMMISSIONED) {
            return;
        }
        boolean isSound = NodeStates.isUp(node);
        if (!answer.answered() || !isSound) {
            reasons.add("node " + node.getId() + (isSound ? "" : " is " + ClusterMessages.state(node)) + ": "
                    + (answer.answered() ? node.getStateReason() : answer.failure()));
        }
        answer.disks().stream()
                .map(ClusterMessages::disk)
                .filter(Disk::hasFailure)
                .forEach(disk -> reasons.add("node " + answer.node().getId() + ": disk " + disk.getPath() + " is "
                        + disk.getHealth() + ": " + disk.getFailure().getMessage()));
    }

    private static List<NodeAnswer> answers(ClusterSurvey survey) {
        return survey.answers().values().stream()
                .sorted(Comparator.comparing(answer -> answer.node().getId()))
                .toList();
    }

    /** By id. */
    Mono<ListNodesResponse> nodes(ListNodesRequest request, TimeBudget time) {
        int limit = Pages.limit(request.getLimit());
        Mono<Map<String, Heartbeat>> heartbeats =
                catalog.heartbeats(time).timeout(HEARTBEATS_TIME).onErrorReturn(Map.of());
        return surveyor.survey(time).zipWith(heartbeats, (survey, since) -> {
            Pages.Page<NodeAnswer> page =
                    Pages.of(answers(survey), answer -> answer.node().getId(), request.getCursor(), limit);
            ListNodesResponse.Builder response = ListNodesResponse.newBuilder().setNextCursor(page.next());
            page.items().stream()
                    .map(answer -> ClusterMessages.node(
                            answer, Optional.ofNullable(since.get(answer.node().getId()))))
                    .forEach(response::addNodes);
            return response.build();
        });
    }

    /** One of them, as it is now. */
    Mono<io.vectordb.v1.Node> node(String id, TimeBudget time) {
        return surveyor.survey(time).map(survey -> ClusterMessages.node(survey.of(id), Optional.empty()));
    }

    /** By collection, then by buckets. */
    Mono<ListShardsResponse> shards(ListShardsRequest request, TimeBudget time) {
        int limit = Pages.limit(request.getLimit());
        return surveyor.survey(time).map(survey -> {
            refuseUnknown(request, survey);
            List<Owned> asked = named(request.getShard(), survey).stream()
                    .filter(owned -> request.getCollection().isEmpty()
                            || owned.collection().getCollection().getName().equals(request.getCollection()))
                    .filter(owned -> request.getNode().isEmpty() || isOn(owned, request.getNode(), survey))
                    .toList();
            Pages.Page<Owned> page = Pages.of(asked, Owned::place, request.getCursor(), limit);
            ListShardsResponse.Builder response =
                    ListShardsResponse.newBuilder().setNextCursor(page.next());
            page.items().stream()
                    .map(owned -> ClusterMessages.shard(owned.collection(), owned.shard(), survey))
                    .forEach(response::addShards);
            return response.build();
        });
    }

    /** One or all. */
    private static List<Owned> named(String shard, ClusterSurvey survey) {
        return shard.isEmpty() ? Shards.all(survey.state()) : List.of(Shards.find(survey.state(), shard));
    }

    private static void refuseUnknown(ListShardsRequest request, ClusterSurvey survey) {
        boolean known = request.getCollection().isEmpty()
                || survey.state().getCollectionsList().stream()
                        .anyMatch(each -> each.getCollection().getName().equals(request.getCollection()));
        if (!known) {
            throw new VectorDbException(
                    ErrorCode.COLLECTION_NOT_FOUND,
                    "there is no collection " + request.getCollection(),
                    Map.of("collection", request.getCollection()));
        }
        if (!request.getNode().isEmpty()) {
            NodeCalls.find(survey.state(), request.getNode());
        }
    }

    private static boolean isOn(Owned owned, String node, ClusterSurvey survey) {
        Shard shard = ClusterMessages.shard(owned.collection(), owned.shard(), survey);
        return shard.getReplicasList().stream().map(Replica::getNode).anyMatch(node::equals)
                || shard.getViewsList().stream().anyMatch(view -> view.getNode().equals(node));
    }

    Mono<Disk> format(FormatDiskRequest request, TimeBudget time) {
        AuditLog.Change change =
                AuditLog.Change.of("format_disk", "nodes/" + request.getNode(), "folder " + request.getFolder());
        if (request.getFolder().isEmpty()) {
            throw new VectorDbException(
                    ErrorCode.MISSING_MEMBER, "folder is missing: which of the node's disks is to be made anew?");
        }
        return surveyor.survey(time).flatMap(survey -> {
            io.vectordb.internal.metadata.v1.Node node = NodeCalls.find(survey.state(), request.getNode());
            if (node.getService() != Service.STORAGE) {
                throw new VectorDbException(
                        ErrorCode.OPERATION_CONFLICT,
                        "node " + node.getId() + " is no storage node and has no disks",
                        Map.of("node", node.getId()));
            }
            return audit.around(change, time, () -> format(node, request.getFolder(), time));
        });
    }

    private Mono<Disk> format(io.vectordb.internal.metadata.v1.Node node, String folder, TimeBudget time) {
        return nodes.call(
                        node,
                        StorageAdminServiceGrpc.getFormatDiskMethod(),
                        io.vectordb.internal.storage.v1.FormatDiskRequest.newBuilder()
                                .setFolder(folder)
                                .build(),
                        time.left())
                .map(FormatDiskResponse::getId)
                .flatMap(id -> surveyor.survey(time)
                        .map(survey -> survey.of(node.getId()).disks().stream()
                                .filter(disk -> disk.getId().equals(id))
                                .findFirst()
                                .map(ClusterMessages::disk)
                                .orElseGet(() -> Disk.newBuilder()
                                        .setId(id)
                                        .setPath(folder)
                                        .build())));
    }
}
