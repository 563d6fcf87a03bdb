package io.vectordb.coordinator;

import io.vectordb.common.ErrorCode;
import io.vectordb.coordinator.ClusterSurvey.NodeAnswer;
import io.vectordb.internal.metadata.v1.CollectionState;
import io.vectordb.internal.metadata.v1.ListHeartbeatsResponse.Heartbeat;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.internal.storage.v1.DiskInfo;
import io.vectordb.internal.storage.v1.ReplicaInfo;
import io.vectordb.rpc.NodeStates;
import io.vectordb.v1.Disk;
import io.vectordb.v1.ItemError;
import io.vectordb.v1.Node;
import io.vectordb.v1.Replica;
import io.vectordb.v1.Shard;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What was asked of the nodes, as clients see it. */
final class ClusterMessages {

    static final String LEADER = "leader";
    static final String LISTENER = "listener";
    static final String RETIRED = "retired";
    static final String SET_ASIDE = "set_aside";
    static final String MISSING = "missing";
    static final String UNREACHABLE = "unreachable";
    private static final String HEALTHY = "healthy";
    static final long UNKNOWN = -1;

    private ClusterMessages() {}

    /** @param heartbeat since when the metadata service has not heard of it, if that is known */
    static Node node(NodeAnswer answer, Optional<Heartbeat> heartbeat) {
        io.vectordb.internal.metadata.v1.Node known = answer.node();
        boolean isFound = NodeStates.isGone(known) || answer.answered();
        Node.Builder node = Node.newBuilder()
                .setId(known.getId())
                .setAddress(known.getRpcAddress())
                .setService(known.getService().name().toLowerCase(Locale.ROOT))
                .setZone(known.getZone())
                .setVersion(known.getVersion())
                .putAllLabels(known.getLabelsMap())
                .setState(isFound ? state(known) : UNREACHABLE)
                .setReason(answer.answered() ? known.getStateReason() : answer.failure());
        heartbeat.map(Heartbeat::getSince).ifPresent(node::setSinceHeartbeat);
        answer.disks().forEach(disk -> node.addDisks(disk(disk)));
        return node.build();
    }

    static String state(io.vectordb.internal.metadata.v1.Node node) {
        return switch (node.getState()) {
            case STATE_UNSPECIFIED, UP, UNRECOGNIZED -> "up";
            case SUSPECT, DOWN, DEAD, DRAINING, DECOMMISSIONED ->
                node.getState().name().toLowerCase(Locale.ROOT);
        };
    }

    static Disk disk(DiskInfo info) {
        Disk.Builder disk = Disk.newBuilder()
                .setPath(info.getFolder())
                .setTotalBytes(info.getTotalBytes())
                .setFreeBytes(info.getUsableBytes())
                .setId(info.getId())
                .setHealth(info.getHealth())
                .setReplicas(info.getReplicas());
        if (!info.getHealth().equals(HEALTHY)) {
            disk.setFailure(ItemError.newBuilder()
                    .setCode(ErrorCode.SHARD_UNAVAILABLE.name())
                    .setMessage(info.getReason()));
        }
        return disk.build();
    }

    /** Whether a replica takes part in its group. */
    static boolean works(Replica replica) {
        return switch (replica.getRole()) {
            case SET_ASIDE, MISSING, UNREACHABLE, RETIRED -> false;
            default -> true;
        };
    }

    static Shard shard(CollectionState collection, ShardState shard, ClusterSurvey survey) {
        Shard.Builder message = Shard.newBuilder()
                .setId(shard.getName())
                .setCollection(collection.getCollection().getName())
                .setBucketFrom(shard.getBucketFrom())
                .setBucketTo(shard.getBucketTo())
                .setEpoch(shard.getEpoch());
        List<Replica> replicas = replicas(shard, survey);
        long furthest =
                replicas.stream().mapToLong(Replica::getAppliedIndex).max().orElse(UNKNOWN);
        for (Replica replica : replicas) {
            message.addReplicas(replica.toBuilder()
                    .setLag(replica.getAppliedIndex() < 0 ? UNKNOWN : furthest - replica.getAppliedIndex()));
            if (replica.getRole().equals(LEADER)) {
                message.setLeader(replica.getNode());
            }
        }
        ReplicaInfo counted = counted(shard, message.getLeader(), replicas, survey);
        shard.getIndexNodesList()
                .forEach(node -> message.addViews(IndexMessages.view(shard, survey.of(node), furthest)));
        return message.setRecords(counted.getRecords())
                .setBytes(counted.getBytes())
                .build();
    }

    /** The leader's replica, else one that works, else an empty one. */
    private static ReplicaInfo counted(ShardState shard, String leader, List<Replica> replicas, ClusterSurvey survey) {
        String node = leader.isEmpty()
                ? replicas.stream()
                        .filter(ClusterMessages::works)
                        .map(Replica::getNode)
                        .findFirst()
                        .orElse("")
                : leader;
        return survey.of(node).replica(shard.getUid(), shard.getIncarnation()).orElse(ReplicaInfo.getDefaultInstance());
    }

    /** Those that the metadata placed, those that nodes have beside them, and those of earlier incarnations. */
    private static List<Replica> replicas(ShardState shard, ClusterSurvey survey) {
        Set<String> nodes = new LinkedHashSet<>(shard.getStorageNodesList());
        survey.answers().values().stream()
                .filter(answer ->
                        answer.replica(shard.getUid(), shard.getIncarnation()).isPresent())
                .map(answer -> answer.node().getId())
                .sorted()
                .forEach(nodes::add);
        List<Replica> replicas = new ArrayList<>();
        nodes.forEach(node -> replicas.add(replica(shard, survey.of(node))));
        survey.answers()
                .values()
                .forEach(answer -> answer.replicas().stream()
                        .filter(each -> each.getShard().equals(shard.getUid())
                                && each.getIncarnation() < shard.getIncarnation())
                        .map(each -> Replica.newBuilder()
                                .setNode(answer.node().getId())
                                .setRole(RETIRED)
                                .setAppliedIndex(UNKNOWN)
                                .setReason(each.getSetAside())
                                .build())
                        .forEach(replicas::add));
        return replicas;
    }

    static Replica replica(ShardState shard, NodeAnswer answer) {
        Replica.Builder replica =
                Replica.newBuilder().setNode(answer.node().getId()).setAppliedIndex(UNKNOWN);
        if (!answer.answered()) {
            return replica.setRole(UNREACHABLE).setReason(answer.failure()).build();
        }
        ReplicaInfo info = answer.replica(shard.getUid(), shard.getIncarnation())
                .orElse(ReplicaInfo.newBuilder().setRole(MISSING).build());
        if (info.getRole().equals(MISSING)) {
            return replica.setRole(MISSING)
                    .setReason("node " + answer.node().getId() + " has no replica of this shard")
                    .build();
        }
        if (!info.getSetAside().isEmpty()) {
            return replica.setRole(SET_ASIDE).setReason(info.getSetAside()).build();
        }
        return replica.setRole(info.getRole())
                .setDisk(info.getDisk())
                .setAppliedIndex(info.getAppliedIndex())
                .build();
    }
}
