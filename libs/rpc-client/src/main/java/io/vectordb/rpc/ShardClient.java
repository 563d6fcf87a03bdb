package io.vectordb.rpc;

import io.grpc.MethodDescriptor;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.ClusterState;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.internal.metadata.v1.ShardState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import reactor.core.publisher.Mono;

/**
 * Calls to the storage nodes that hold a shard: to its leader, wherever that is now, or to any replica.
 *
 * <p>A call that meets a node which is not the leader, does not answer or cannot now is repeated at another until the
 * time is used up. Repeating is safe: reads change nothing, and every write carries a request id. Thread-safe; never
 * blocks.
 */
public final class ShardClient {

    /** A node that hangs must not use up the whole time of a call. */
    private static final Duration ATTEMPT = Duration.ofSeconds(4);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(400);

    private final ChannelFactory channels;
    private final ClusterWatch cluster;
    private final ConcurrentMap<String, String> leaders = new ConcurrentHashMap<>();

    public ShardClient(ChannelFactory channels, ClusterWatch cluster) {
        this.channels = channels;
        this.cluster = cluster;
    }

    /** Asks the leader, where it is known or soon found; a call that any replica answers is answered by the first. */
    public <Q, A> Mono<A> call(ShardState shard, MethodDescriptor<Q, A> method, Q request, Duration timeout) {
        return attempt(new Call<>(shard, method, request, System.nanoTime() + timeout.toNanos()), 0);
    }

    private record Call<Q, A>(ShardState shard, MethodDescriptor<Q, A> method, Q request, long deadlineNanos) {

        Duration left() {
            return Duration.ofNanos(deadlineNanos - System.nanoTime());
        }
    }

    private <Q, A> Mono<A> attempt(Call<Q, A> call, int attempts) {
        return Mono.defer(() -> {
            String node = choose(call.shard(), attempts);
            Optional<String> address = address(node);
            if (address.isEmpty()) {
                VectorDbException unknown = new VectorDbException(
                        ErrorCode.SHARD_UNAVAILABLE, "node " + node + " of shard " + name(call) + " is not known yet");
                return again(call, attempts, node, unknown);
            }
            Duration time = call.left().compareTo(ATTEMPT) < 0 ? call.left() : ATTEMPT;
            return Calls.unary(channels.channel(address.get()), call.method(), call.request(), time)
                    .doOnNext(answer -> leaders.put(call.shard().getUid(), node))
                    .onErrorResume(VectorDbException.class, e -> again(call, attempts, node, e));
        });
    }

    private <Q, A> Mono<A> again(Call<Q, A> call, int attempts, String node, VectorDbException error) {
        if (!isWorthRepeating(error.code())) {
            return Mono.error(error);
        }
        leaders.remove(call.shard().getUid(), node);
        Optional<String> hint = Optional.ofNullable(error.metadata().get("leader")).filter(each -> !each.equals(node));
        hint.ifPresent(leader -> leaders.put(call.shard().getUid(), leader));
        Duration pause = hint.isPresent() && attempts == 0 ? Duration.ZERO : pause(attempts);
        if (call.left().compareTo(pause) <= 0) {
            return Mono.error(giveUp(call, error));
        }
        return Mono.delay(pause).then(attempt(call, attempts + 1));
    }

    private static boolean isWorthRepeating(ErrorCode code) {
        return switch (code) {
            case NOT_LEADER, STALE_EPOCH, SHARD_UNAVAILABLE, STARTING, DEADLINE_EXCEEDED -> true;
            default -> false;
        };
    }

    private static <Q, A> VectorDbException giveUp(Call<Q, A> call, VectorDbException last) {
        if (last.code() == ErrorCode.DEADLINE_EXCEEDED) {
            return last;
        }
        return new VectorDbException(
                ErrorCode.SHARD_UNAVAILABLE,
                "shard " + name(call) + " has no leader that answers: " + last.getMessage());
    }

    private String choose(ShardState shard, int attempts) {
        String leader = leaders.get(shard.getUid());
        List<String> replicas = shard.getStorageNodesList();
        if (leader != null && replicas.contains(leader)) {
            return leader;
        }
        return replicas.get(attempts % replicas.size());
    }

    private Optional<String> address(String nodeId) {
        ClusterState state = cluster.state();
        return state.getNodesList().stream()
                .filter(node -> node.getId().equals(nodeId))
                .map(Node::getRpcAddress)
                .findFirst();
    }

    private static Duration pause(int attempts) {
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(attempts, 5));
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }

    private static String name(Call<?, ?> call) {
        return call.shard().getName();
    }
}
