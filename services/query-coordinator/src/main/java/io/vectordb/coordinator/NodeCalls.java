package io.vectordb.coordinator;

import io.grpc.MethodDescriptor;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.ClusterState;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.rpc.Calls;
import io.vectordb.rpc.ChannelFactory;
import java.time.Duration;
import java.util.Map;
import reactor.core.publisher.Mono;

/** Calls to one node, by its id. */
final class NodeCalls {

    private final ChannelFactory channels;

    NodeCalls(ChannelFactory channels) {
        this.channels = channels;
    }

    <Q, A> Mono<A> call(Node node, MethodDescriptor<Q, A> method, Q request, Duration timeout) {
        return Mono.defer(() -> Calls.unary(channels.channel(node.getRpcAddress()), method, request, timeout));
    }

    /**
     * The node of this id.
     *
     * @throws VectorDbException {@code NODE_NOT_FOUND}
     */
    static Node find(ClusterState state, String id) {
        return state.getNodesList().stream()
                .filter(node -> node.getId().equals(id))
                .findFirst()
                .orElseThrow(() -> new VectorDbException(
                        ErrorCode.NODE_NOT_FOUND,
                        "there is no node " + id + "; nodes are "
                                + String.join(
                                        ", ",
                                        state.getNodesList().stream()
                                                .map(Node::getId)
                                                .toList()),
                        Map.of("node", id)));
    }
}
