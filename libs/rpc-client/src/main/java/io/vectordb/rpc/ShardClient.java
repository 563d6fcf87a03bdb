package io.vectordb.rpc;

import io.grpc.MethodDescriptor;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.ClusterState;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.internal.metadata.v1.ShardState;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;

/**
 * Calls to the storage nodes that hold a shard: to its leader, wherever that is now, or to any replica.
 *
 * <p>A call that meets a node which is not the leader, does not answer or cannot now is repeated at another until the
 * time is used up. Repeating is safe: reads change nothing, and every write carries a request id. Thread-safe; never
 * blocks.
 */
public final class ShardClient {

    /** A node that hangs must not use up the whole time of a call: an attempt gets half of what is left, within these. */
    private static final Duration LONGEST_ATTEMPT = Duration.ofSeconds(4);

    private static final Duration SHORTEST_ATTEMPT = Duration.ofSeconds(1);
    /** So long a node that did not answer an attempt is asked after all others; never left out, it may answer again. */
    private static final Duration SILENCE = Duration.ofSeconds(5);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(400);

    private final ChannelFactory channels;
    private final ClusterWatch cluster;
    private final ConcurrentMap<String, String> leaders = new ConcurrentHashMap<>();
    /** Nodes that did not answer, and when that was. */
    private final ConcurrentMap<String, Long> silentSince = new ConcurrentHashMap<>();

    private volatile Located located = Located.of(ClusterState.getDefaultInstance());

    public ShardClient(ChannelFactory channels, ClusterWatch cluster) {
        this.channels = channels;
        this.cluster = cluster;
    }

    /** Asks the leader, where it is known or soon found; a call that any replica answers is answered by the first. */
    public <Q, A> Mono<A> call(ShardState shard, MethodDescriptor<Q, A> method, Q request, Duration timeout) {
        Call<Q, A> call = new Call<>(shard, method, request, System.nanoTime() + timeout.toNanos());
        return Mono.defer(() -> attempt(call, first(shard)));
    }

    private record Call<Q, A>(ShardState shard, MethodDescriptor<Q, A> method, Q request, long deadlineNanos) {

        Duration left() {
            return Duration.ofNanos(deadlineNanos - System.nanoTime());
        }
    }

    /**
     * One attempt of a call.
     *
     * @param number how many were made before
     * @param turn whose turn it is among the replicas when nobody names the leader: hints do not count, so that a dead
     *     leader that the others still name keeps none of them from being asked
     * @param answered who was asked before and did answer, since the last that did not
     * @param mayHaveSucceeded whether one before this may have done its work although it failed
     * @param said why those before this failed, if any said more than nothing
     */
    private record Attempt(
            int number,
            String node,
            int turn,
            Set<String> answered,
            boolean mayHaveSucceeded,
            Optional<VectorDbException> said) {}

    private Attempt first(ShardState shard) {
        String leader = leaders.get(shard.getUid());
        List<String> replicas = replicas(shard);
        if (leader != null && replicas.contains(leader) && !isSilent(leader)) {
            return new Attempt(0, leader, 0, Set.of(), false, Optional.empty());
        }
        int turn = firstHeard(replicas, 0, Set.of());
        return new Attempt(0, replicas.get(turn % replicas.size()), turn + 1, Set.of(), false, Optional.empty());
    }

    /** The first turn from this one on whose node does not have to wait. */
    private int firstHeard(List<String> replicas, int turn, Set<String> answered) {
        for (int i = turn; i < turn + replicas.size(); i++) {
            if (!hasToWait(replicas.get(i % replicas.size()), replicas, answered)) {
                return i;
            }
        }
        return turn;
    }

    /** A silent node waits until all that are not silent were asked: it may be the leader and have stood still briefly. */
    private boolean hasToWait(String node, List<String> replicas, Set<String> answered) {
        return isSilent(node) && !replicas.stream().allMatch(each -> isSilent(each) || answered.contains(each));
    }

    private boolean isSilent(String node) {
        Long since = silentSince.get(node);
        return since != null && System.nanoTime() - since < SILENCE.toNanos();
    }

    /** @param said why the attempts before failed */
    private Attempt next(
            ShardState shard,
            Attempt last,
            Optional<String> hint,
            Set<String> answered,
            boolean mayHaveSucceeded,
            VectorDbException said) {
        int number = last.number() + 1;
        if (hint.isPresent()) {
            return new Attempt(number, hint.get(), last.turn(), answered, mayHaveSucceeded, Optional.of(said));
        }
        List<String> replicas = replicas(shard);
        int after = replicas.get(last.turn() % replicas.size()).equals(last.node()) ? last.turn() + 1 : last.turn();
        int turn = firstHeard(replicas, after, answered);
        String node = replicas.get(turn % replicas.size());
        return new Attempt(number, node, turn + 1, answered, mayHaveSucceeded, Optional.of(said));
    }

    /** After one that hung all others come first again, so that a call is not spent on that one alone. */
    private static Set<String> answered(Attempt last, VectorDbException error) {
        if (error.code() == ErrorCode.DEADLINE_EXCEEDED) {
            return Set.of();
        }
        Set<String> answered = new HashSet<>(last.answered());
        answered.add(last.node());
        return answered;
    }

    private <Q, A> Mono<A> attempt(Call<Q, A> call, Attempt attempt) {
        return Mono.defer(() -> {
            String node = attempt.node();
            Optional<String> address = address(node);
            if (address.isEmpty()) {
                VectorDbException unknown = new VectorDbException(
                        ErrorCode.SHARD_UNAVAILABLE, "node " + node + " of shard " + name(call) + " is not known yet");
                return again(call, attempt, unknown, attempt.mayHaveSucceeded());
            }
            return Calls.unary(channels.channel(address.get()), call.method(), call.request(), time(call.left()))
                    .doOnNext(answer -> {
                        leaders.put(call.shard().getUid(), node);
                        silentSince.remove(node);
                    })
                    .doOnError(VectorDbException.class, e -> {
                        if (e.code() == ErrorCode.DEADLINE_EXCEEDED) {
                            silentSince.put(node, System.nanoTime());
                        }
                    })
                    .onErrorResume(
                            VectorDbException.class,
                            e -> again(call, attempt, e, attempt.mayHaveSucceeded() || mayHaveSucceeded(e)));
        });
    }

    private static Duration time(Duration left) {
        Duration half = left.dividedBy(2);
        Duration time = half.compareTo(SHORTEST_ATTEMPT) < 0 ? SHORTEST_ATTEMPT : half;
        time = time.compareTo(LONGEST_ATTEMPT) < 0 ? time : LONGEST_ATTEMPT;
        return time.compareTo(left) < 0 ? time : left;
    }

    private <Q, A> Mono<A> again(Call<Q, A> call, Attempt last, VectorDbException error, boolean mayHaveSucceeded) {
        if (!isWorthRepeating(error.code())) {
            return Mono.error(last.mayHaveSucceeded() && isMomentary(error.code()) ? giveUp(call, error) : error);
        }
        leaders.remove(call.shard().getUid(), last.node());
        Set<String> answered = answered(last, error);
        List<String> replicas = replicas(call.shard());
        Optional<String> hint = Optional.ofNullable(error.metadata().get("leader"))
                // It may have come in so lately that the shard map does not name it yet.
                .filter(each ->
                        !each.equals(last.node()) && address(each).isPresent() && !hasToWait(each, replicas, answered));
        hint.ifPresent(leader -> leaders.put(call.shard().getUid(), leader));
        Duration pause = hint.isPresent() && last.number() == 0 ? Duration.ZERO : pause(last.number());
        // An attempt that only the end of its time broke off says less than one before it.
        VectorDbException said =
                error.code() == ErrorCode.DEADLINE_EXCEEDED ? last.said().orElse(error) : error;
        if (call.left().compareTo(pause) <= 0) {
            return Mono.error(giveUp(call, said));
        }
        return Mono.delay(pause).then(attempt(call, next(call.shard(), last, hint, answered, mayHaveSucceeded, said)));
    }

    private static boolean isWorthRepeating(ErrorCode code) {
        return switch (code) {
            case NOT_LEADER, STALE, STALE_EPOCH, SHARD_UNAVAILABLE, STARTING, DEADLINE_EXCEEDED -> true;
            default -> false;
        };
    }

    private static boolean mayHaveSucceeded(VectorDbException error) {
        return error.code() == ErrorCode.SHARD_UNAVAILABLE
                || error.code() == ErrorCode.DEADLINE_EXCEEDED
                || error.metadata().containsKey("outcome");
    }

    /** Whether the failure says nothing about what an attempt before it did. */
    private static boolean isMomentary(ErrorCode code) {
        return switch (code.category()) {
            case UNAVAILABLE, EXHAUSTED, CORRUPT, INTERNAL -> true;
            case USER, CONFLICT -> false;
        };
    }

    private static <Q, A> VectorDbException giveUp(Call<Q, A> call, VectorDbException last) {
        if (last.code() == ErrorCode.DEADLINE_EXCEEDED || last.code() == ErrorCode.STALE) {
            return last;
        }
        return new VectorDbException(
                ErrorCode.SHARD_UNAVAILABLE,
                "shard " + name(call) + " has no leader that answers: " + last.getMessage());
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

    /** Of the newest metadata: replicas move while a caller holds on to the shard as it was. */
    private List<String> replicas(ShardState shard) {
        ClusterState state = cluster.state();
        Located now = located;
        if (now.state() != state) {
            now = Located.of(state);
            located = now;
        }
        return now.replicas().getOrDefault(shard.getUid(), shard.getStorageNodesList());
    }

    /** Where the replicas of each shard are in one state of the metadata, by the uid of the shard. */
    private record Located(ClusterState state, Map<String, List<String>> replicas) {

        static Located of(ClusterState state) {
            return new Located(
                    state,
                    state.getCollectionsList().stream()
                            .flatMap(collection -> collection.getShardsList().stream())
                            .collect(
                                    Collectors.toUnmodifiableMap(ShardState::getUid, ShardState::getStorageNodesList)));
        }
    }

    private static String name(Call<?, ?> call) {
        return call.shard().getName();
    }
}
