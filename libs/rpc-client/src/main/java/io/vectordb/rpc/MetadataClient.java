package io.vectordb.rpc;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Calls to the leader of the metadata service, wherever it is now.
 *
 * <p>A call that meets a member which is not the leader, does not answer or cannot now is repeated at another until its time
 * is used up, or the budget that all calls share. Repeating is safe: a change whose message has a {@code request_id} is sent
 * with one, and done once. Thread-safe; never blocks.
 */
public final class MetadataClient implements AutoCloseable {

    /** A member that hangs must not use up the whole time of a call: an attempt gets half of what is left, within these. */
    private static final Duration LONGEST_ATTEMPT = Duration.ofSeconds(4);

    private static final Duration SHORTEST_ATTEMPT = Duration.ofSeconds(1);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(400);
    private static final String REQUEST_ID = "request_id";

    private final ChannelFactory channels;
    private final SeedAddresses seeds;
    private final RetryBudget budget = new RetryBudget(System::nanoTime);
    private final AtomicInteger turn = new AtomicInteger();
    private volatile @Nullable String leader;

    /** @param seeds {@code host:port} each, of which a name may stand for several members, or {@code inproc:name} */
    public MetadataClient(ChannelFactory channels, List<String> seeds) {
        this(channels, seeds, host -> List.of(InetAddress.getAllByName(host)));
    }

    MetadataClient(ChannelFactory channels, List<String> seeds, SeedAddresses.Resolver resolver) {
        this.channels = channels;
        this.seeds = new SeedAddresses(seeds, resolver);
    }

    /** How one attempt is made. */
    private interface Attempt<Q, A> {

        Mono<A> make(Channel channel, MethodDescriptor<Q, A> method, Q request, Duration timeout);
    }

    private record Call<Q, A>(MethodDescriptor<Q, A> method, Q request, Attempt<Q, A> attempt, long deadlineNanos) {

        Duration left() {
            return Duration.ofNanos(deadlineNanos - System.nanoTime());
        }
    }

    /**
     * The leader's answer.
     *
     * @return fails with the code of the leader's refusal; with {@code DEADLINE_EXCEEDED} or {@code SHARD_UNAVAILABLE} when
     *     no leader answered, and a change may then be done or not
     */
    public <Q extends Message, A> Mono<A> call(MethodDescriptor<Q, A> method, Q request, Duration timeout) {
        return begin(method, withRequestId(request), Calls::unary, timeout);
    }

    /** The first message of a stream of the leader. */
    <Q extends Message, A> Mono<A> first(MethodDescriptor<Q, A> method, Q request, Duration timeout) {
        return begin(method, request, Calls::first, timeout);
    }

    private <Q, A> Mono<A> begin(MethodDescriptor<Q, A> method, Q request, Attempt<Q, A> attempt, Duration timeout) {
        return Mono.defer(() -> {
            Call<Q, A> call = new Call<>(method, request, attempt, System.nanoTime() + timeout.toNanos());
            return attempt(call, leaderOrNext(), 0);
        });
    }

    @SuppressWarnings("unchecked") // A builder makes the message that it came from.
    private static <Q extends Message> Q withRequestId(Q request) {
        FieldDescriptor field = request.getDescriptorForType().findFieldByName(REQUEST_ID);
        if (field == null || !request.getField(field).equals("")) {
            return request;
        }
        return (Q) request.toBuilder()
                .setField(field, UUID.randomUUID().toString())
                .build();
    }

    /** Where the leader was last met, or else a member. */
    String leaderOrNext() {
        String known = leader;
        return known != null ? known : next();
    }

    /** A member, another one each time. */
    String next() {
        List<String> addresses = seeds.current();
        return addresses.get(Math.floorMod(turn.getAndIncrement(), addresses.size()));
    }

    Channel channel(String address) {
        return channels.channel(address);
    }

    /** Notes that the member there is the leader. */
    void leads(String address) {
        leader = address;
    }

    /**
     * Notes why the member there did not do what only the leader does.
     *
     * @return where the leader is, when it said so
     */
    Optional<String> failed(String address, VectorDbException error) {
        Optional<String> hint = Optional.ofNullable(error.metadata().get(GrpcErrors.LEADER_ADDRESS))
                .filter(each -> error.code() == ErrorCode.NOT_LEADER && !each.equals(address));
        leader = hint.orElse(null);
        return hint;
    }

    /** Takes the member there for the leader no longer. */
    void forget(String address) {
        if (address.equals(leader)) {
            leader = null;
        }
    }

    private <Q, A> Mono<A> attempt(Call<Q, A> call, String address, int number) {
        return Mono.defer(() -> call.attempt()
                .make(channels.channel(address), call.method(), call.request(), time(call.left()))
                .doOnNext(_ -> leads(address))
                .onErrorResume(VectorDbException.class, e -> again(call, address, e, number)));
    }

    private <Q, A> Mono<A> again(Call<Q, A> call, String address, VectorDbException error, int number) {
        if (!isWorthRepeating(error)) {
            return Mono.error(error);
        }
        Optional<String> hint = failed(address, error);
        // Two members that take each other for the leader are not asked in turns without a pause.
        Duration pause = hint.isPresent() && number < 2 ? Duration.ZERO : pause(number);
        if (call.left().compareTo(pause) <= 0 || !budget.take()) {
            return Mono.error(error);
        }
        String then = hint.orElseGet(this::next);
        return Mono.delay(pause).then(attempt(call, then, number + 1));
    }

    private static boolean isWorthRepeating(VectorDbException error) {
        return switch (error.code()) {
            // Cancelled by the other side, as by a server that is stopped.
            case NOT_LEADER, STARTING, DEADLINE_EXCEEDED, CANCELLED -> true;
            // The state refuses with that code as well, when a collection needs more nodes than there are.
            case SHARD_UNAVAILABLE ->
                error.metadata().containsKey(GrpcErrors.UNREACHED)
                        || error.metadata().containsKey("group");
            default -> false;
        };
    }

    private static Duration time(Duration left) {
        Duration half = left.dividedBy(2);
        Duration time = half.compareTo(SHORTEST_ATTEMPT) < 0 ? SHORTEST_ATTEMPT : half;
        time = time.compareTo(LONGEST_ATTEMPT) < 0 ? time : LONGEST_ATTEMPT;
        return time.compareTo(left) < 0 ? time : left;
    }

    private static Duration pause(int attempts) {
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(attempts, 5));
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }

    @Override
    public void close() {
        seeds.close();
    }
}
