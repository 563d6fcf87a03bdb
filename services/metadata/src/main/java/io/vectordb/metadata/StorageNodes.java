package io.vectordb.metadata;

import io.grpc.MethodDescriptor;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.internal.storage.v1.ListReplicasRequest;
import io.vectordb.internal.storage.v1.ReplicaInfo;
import io.vectordb.internal.storage.v1.StorageAdminServiceGrpc;
import io.vectordb.rpc.Calls;
import io.vectordb.rpc.ChannelFactory;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
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

    /** The replicas of a shard on its nodes, and on another one that may have one; those that do not answer are left out. */
    Map<String, ReplicaInfo> replicas(ShardState shard, String another) {
        Set<String> asked = new LinkedHashSet<>(shard.getStorageNodesList());
        if (!another.isEmpty()) {
            asked.add(another);
        }
        ListReplicasRequest request =
                ListReplicasRequest.newBuilder().setShard(shard.getUid()).build();
        Map<String, ReplicaInfo> found = new HashMap<>();
        Flux.fromIterable(asked)
                .flatMap(node -> send(node, StorageAdminServiceGrpc.getListReplicasMethod(), request, LOOK)
                        .flatMapIterable(response -> response.getReplicasList())
                        .filter(replica -> replica.getIncarnation() == shard.getIncarnation())
                        .map(replica -> Map.entry(node, replica))
                        .onErrorComplete(VectorDbException.class))
                .toIterable()
                .forEach(entry -> found.put(entry.getKey(), entry.getValue()));
        return found;
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
