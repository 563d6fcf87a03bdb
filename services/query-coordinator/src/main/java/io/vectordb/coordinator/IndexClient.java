package io.vectordb.coordinator;

import io.grpc.MethodDescriptor;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.index.v1.Freshness;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.rpc.Calls;
import io.vectordb.rpc.ChannelFactory;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Calls to the index nodes that serve a shard, each of which can answer: how fresh the view has to be is part of what is asked.
 *
 * <p>One is asked, in turn. When it cannot be reached, has not caught up since its start or refuses, the next is asked at once;
 * when it takes long, the next is asked too, and the first answer counts. When none could answer they are asked again, until
 * the time is used up; who has to catch up then may wait for that. Thread-safe; never blocks.
 */
final class IndexClient {

    private static final Duration PAUSE = Duration.ofMillis(100);
    /** After so long, or half of the time that is left, another one is asked too. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    /** The same for one that did not answer lately. */
    private static final Duration LITTLE_PATIENCE = Duration.ofMillis(100);

    private final ChannelFactory channels;
    private final IndexNodes nodes;

    IndexClient(ChannelFactory channels, Catalog catalog) {
        this.channels = channels;
        this.nodes = new IndexNodes(catalog);
    }

    /**
     * What is asked of one index node of a shard.
     *
     * @param request what to send for a freshness
     */
    record Question<Q, A>(MethodDescriptor<Q, A> method, Freshness freshness, Function<Freshness, Q> request) {}

    /** Asks index nodes of the shard until one answers. */
    <Q, A> Mono<A> call(ShardState shard, Question<Q, A> question, TimeBudget time) {
        return new Call<>(shard, question, time).round(true);
    }

    /** What one index node said that others need not be asked about: an answer, or a failure that they would share. */
    private record Said<A>(@Nullable A answer, @Nullable VectorDbException failure) {

        Mono<A> result() {
            return answer != null ? Mono.just(answer) : Mono.error(failure == null ? nothing() : failure);
        }

        private static VectorDbException nothing() {
            return new VectorDbException(ErrorCode.INTERNAL, "an index node answered with nothing");
        }
    }

    private final class Call<Q, A> {

        private final ShardState shard;
        private final Question<Q, A> question;
        private final TimeBudget time;

        Call(ShardState shard, Question<Q, A> question, TimeBudget time) {
            this.shard = shard;
            this.question = question;
            this.time = time;
        }

        /** Asks each node at most once. */
        Mono<A> round(boolean unlessStarting) {
            return Mono.defer(() -> {
                Queue<VectorDbException> failures = new ConcurrentLinkedQueue<>();
                return from(nodes.inTurn(shard), 0, unlessStarting, failures)
                        .onErrorResume(e -> again(unlessStarting, failures))
                        .flatMap(Said::result);
            });
        }

        private Mono<Said<A>> again(boolean unlessStarting, Queue<VectorDbException> failures) {
            VectorDbException failure = mostTelling(failures);
            boolean areStarting = failure.code() == ErrorCode.STARTING;
            boolean isPassing = areStarting || failure.code() == ErrorCode.SHARD_UNAVAILABLE;
            if (!isPassing || time.left().compareTo(PAUSE) <= 0) {
                return Mono.error(failure);
            }
            Duration pause = areStarting && unlessStarting ? Duration.ZERO : PAUSE;
            return Mono.delay(pause).then(round(false)).map(answer -> new Said<>(answer, null));
        }

        private VectorDbException mostTelling(Queue<VectorDbException> failures) {
            return failures.stream()
                    .max((a, b) -> Integer.compare(weight(a.code()), weight(b.code())))
                    .orElseGet(() -> new VectorDbException(
                            ErrorCode.SHARD_UNAVAILABLE, "no index node serves shard " + shard.getName() + " yet"));
        }

        /** Asks the nodes from this one on; fails when all have. */
        private Mono<Said<A>> from(
                List<IndexNodes.Candidate> order, int i, boolean unlessStarting, Queue<VectorDbException> failures) {
            if (i >= order.size()) {
                return Mono.error(mostTelling(failures));
            }
            IndexNodes.Candidate candidate = order.get(i);
            Mono<Said<A>> asked = ask(candidate, unlessStarting, failures);
            if (i + 1 == order.size()) {
                return asked;
            }
            Sinks.Empty<Void> failed = Sinks.empty();
            Mono<Void> late = Mono.delay(patience(candidate))
                    .doOnNext(elapsed -> nodes.silent(candidate))
                    .then();
            return Mono.firstWithValue(
                    asked.doOnError(e -> failed.tryEmitEmpty()),
                    Mono.firstWithSignal(failed.asMono(), late)
                            .then(Mono.defer(() -> from(order, i + 1, unlessStarting, failures))));
        }

        private Duration patience(IndexNodes.Candidate candidate) {
            Duration most = candidate.wasSilent() ? LITTLE_PATIENCE : PATIENCE;
            Duration half = time.left().dividedBy(2);
            return half.compareTo(most) < 0 ? half : most;
        }

        private Mono<Said<A>> ask(
                IndexNodes.Candidate candidate, boolean unlessStarting, Queue<VectorDbException> failures) {
            Q request = question.request()
                    .apply(question.freshness().toBuilder()
                            .setUnlessStarting(unlessStarting)
                            .build());
            return Calls.unary(channels.channel(candidate.address()), question.method(), request, time.left())
                    .doOnNext(answer -> nodes.answered(candidate))
                    .map(answer -> new Said<>(answer, null))
                    .onErrorResume(VectorDbException.class, e -> {
                        if (!mayBeOfThisNode(e.code())) {
                            return Mono.just(new Said<>(null, e));
                        }
                        failures.add(e);
                        nodes.silent(candidate);
                        return Mono.error(e);
                    });
        }
    }

    /** Whether another index node may answer the same call. */
    private static boolean mayBeOfThisNode(ErrorCode code) {
        return switch (code.category()) {
            case UNAVAILABLE, EXHAUSTED, CORRUPT, INTERNAL -> true;
            case USER, CONFLICT -> false;
        };
    }

    /** Of several failures the one to be told is that of the node which came farthest. */
    private static int weight(ErrorCode code) {
        return switch (code) {
            case SHARD_UNAVAILABLE -> 0;
            case STARTING -> 1;
            case DEADLINE_EXCEEDED -> 2;
            default -> 3;
        };
    }
}
