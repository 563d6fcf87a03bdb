package io.vectordb.metadata;

import io.grpc.MethodDescriptor;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.internal.storage.v1.ListReplicasRequest;
import io.vectordb.internal.storage.v1.ListReplicasResponse;
import io.vectordb.internal.storage.v1.ReplicaInfo;
import io.vectordb.internal.storage.v1.StorageAdminServiceGrpc;
import io.vectordb.rpc.Calls;
import io.vectordb.rpc.ChannelFactory;
import io.vectordb.rpc.NodeStates;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Calls to storage nodes, which block; for threads that may. Thread-safe. */
final class StorageNodes {

    private static final Duration LOOK = Duration.ofSeconds(3);
    private static final Duration CALL = Duration.ofSeconds(10);
    /** A change of the members waits for the one that joins, and a promotion for a comparison of the replicas. */
    private static final Duration CHANGE = Duration.ofSeconds(100);

    private final ChannelFactory channels;
    private final Supplier<MetadataState> state;

    StorageNodes(ChannelFactory channels, Supplier<MetadataState> state) {
        this.channels = channels;
        this.state = state;
    }

    /**
     * What the nodes of a shard told.
     *
     * @param replicas by node
     * @param answered nodes that told what they have, which may be nothing
     */
    record Told(Map<String, ReplicaInfo> replicas, Set<String> answered) {}

    /** The replicas of a shard on its nodes, and on another one that may have one. */
    Told replicas(ShardState shard, String another) {
        Set<String> asked = new LinkedHashSet<>(shard.getStorageNodesList());
        if (!another.isEmpty()) {
            asked.add(another);
        }
        ListReplicasRequest request =
                ListReplicasRequest.newBuilder().setShard(shard.getUid()).build();
        Told told = new Told(new HashMap<>(), new HashSet<>());
        Flux.fromIterable(asked)
                .flatMap(node -> send(node, StorageAdminServiceGrpc.getListReplicasMethod(), request, LOOK)
                        .map(response -> Map.entry(node, response))
                        .onErrorComplete(VectorDbException.class))
                .toIterable()
                .forEach(answer -> {
                    told.answered().add(answer.getKey());
                    answer.getValue().getReplicasList().stream()
                            .filter(replica -> replica.getIncarnation() == shard.getIncarnation())
                            .forEach(replica -> told.replicas().put(answer.getKey(), replica));
                });
        return told;
    }

    /**
     * What the leaders of all shards tell of them, by shard uid, asked of all storage nodes at once. A shard is missing when
     * its leader does not answer, or is not at the incarnation that the metadata have.
     */
    Map<String, PlacementModels.Leader> leaders(MetadataState now) {
        Map<String, Long> incarnations = new HashMap<>();
        now.collections()
                .values()
                .forEach(collection -> collection
                        .getShardsList()
                        .forEach(shard -> incarnations.put(shard.getUid(), shard.getIncarnation())));
        Map<String, PlacementModels.Leader> leaders = new HashMap<>();
        Flux.fromIterable(now.nodes().values())
                .filter(node -> node.getService() == Node.Service.STORAGE && !NodeStates.isGone(node))
                .flatMap(
                        node -> send(
                                        node.getId(),
                                        StorageAdminServiceGrpc.getListReplicasMethod(),
                                        ListReplicasRequest.getDefaultInstance(),
                                        LOOK)
                                .flatMapIterable(ListReplicasResponse::getReplicasList)
                                .filter(ReplicaInfo::getLeader)
                                .map(replica -> new PlacementModels.Leader(node.getId(), replica))
                                .onErrorComplete(VectorDbException.class),
                        Integer.MAX_VALUE)
                .toIterable()
                .forEach(leader -> {
                    String shard = leader.replica().getShard();
                    if (Objects.equals(incarnations.get(shard), leader.replica().getIncarnation())) {
                        // One that was deposed and does not know it yet has an older term.
                        leaders.merge(shard, leader, (a, b) -> term(a) < term(b) ? b : a);
                    }
                });
        return leaders;
    }

    private static long term(PlacementModels.Leader leader) {
        return leader.replica().getLastLogTerm();
    }

    /** One call. */
    <Q, A> A call(String node, MethodDescriptor<Q, A> method, Q request) {
        return send(node, method, request, CALL).blockOptional().orElseThrow();
    }

    /** One call that may take long. */
    <Q, A> A change(String node, MethodDescriptor<Q, A> method, Q request) {
        return send(node, method, request, CHANGE).blockOptional().orElseThrow();
    }

    private <Q, A> Mono<A> send(String nodeId, MethodDescriptor<Q, A> method, Q request, Duration timeout) {
        return Mono.defer(() -> {
            Node node = state.get().nodes().get(nodeId);
            return node == null
                    ? Mono.error(new VectorDbException(
                            ErrorCode.NODE_NOT_FOUND, "There is no node " + nodeId, Map.of("node", nodeId)))
                    : Calls.unary(channels.channel(node.getRpcAddress()), method, request, timeout);
        });
    }
}
