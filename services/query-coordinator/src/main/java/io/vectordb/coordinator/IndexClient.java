package io.vectordb.coordinator;

import io.grpc.MethodDescriptor;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.rpc.Calls;
import io.vectordb.rpc.ChannelFactory;
import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Mono;

/**
 * Calls to the index nodes that serve a shard. A node that cannot be reached, or does not serve the shard yet, is asked
 * again or another in its place, until the time is used up. Thread-safe.
 */
final class IndexClient {

    private static final Duration PAUSE = Duration.ofMillis(100);

    private final ChannelFactory channels;
    private final Catalog catalog;

    IndexClient(ChannelFactory channels, Catalog catalog) {
        this.channels = channels;
        this.catalog = catalog;
    }

    /** Asks an index node of the shard. */
    <Q, A> Mono<A> call(ShardState shard, MethodDescriptor<Q, A> method, Q request, TimeBudget time) {
        return attempt(shard, method, request, time, 0);
    }

    private <Q, A> Mono<A> attempt(
            ShardState shard, MethodDescriptor<Q, A> method, Q request, TimeBudget time, int attempts) {
        return Mono.defer(() -> {
                    List<String> addresses = addresses(shard);
                    if (addresses.isEmpty()) {
                        return Mono.<A>error(new VectorDbException(
                                ErrorCode.SHARD_UNAVAILABLE, "no index node serves shard " + shard.getName() + " yet"));
                    }
                    String address = addresses.get(attempts % addresses.size());
                    return Calls.unary(channels.channel(address), method, request, time.left());
                })
                .onErrorResume(VectorDbException.class, e -> {
                    if (e.code() != ErrorCode.SHARD_UNAVAILABLE || time.left().compareTo(PAUSE) <= 0) {
                        return Mono.error(e);
                    }
                    return Mono.delay(PAUSE).then(attempt(shard, method, request, time, attempts + 1));
                });
    }

    /** As the newest metadata has them: an index node may have been assigned after the caller looked at the shard. */
    private List<String> addresses(ShardState shard) {
        List<String> nodes = catalog.state().getCollectionsList().stream()
                .flatMap(collection -> collection.getShardsList().stream())
                .filter(each -> each.getUid().equals(shard.getUid()))
                .findFirst()
                .map(each -> List.copyOf(each.getIndexNodesList()))
                .orElse(List.of());
        return catalog.state().getNodesList().stream()
                .filter(node -> nodes.contains(node.getId()))
                .map(Node::getRpcAddress)
                .toList();
    }
}
