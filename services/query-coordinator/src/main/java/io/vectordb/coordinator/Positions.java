package io.vectordb.coordinator;

import io.vectordb.internal.index.v1.Freshness;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.internal.storage.v1.ReadPositionRequest;
import io.vectordb.internal.storage.v1.StorageServiceGrpc;
import io.vectordb.rpc.ShardClient;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;

/** How far the view of a shard has to be for a read of some level. */
final class Positions {

    /** An idle index node confirms its view about once a second: who asks for less gets the newest. */
    private static final Duration SMALL_BOUND = Duration.ofSeconds(3);

    private final ShardClient storage;

    Positions(ShardClient storage) {
        this.storage = storage;
    }

    Mono<Freshness> of(CollectionHandle collection, ShardState shard, ReadLevel level, TimeBudget time) {
        long token = level.token().seq(collection, shard);
        return switch (level.level()) {
            case SESSION -> Mono.just(atLeast(token));
            case EVENTUAL -> Mono.just(atLeast(0));
            case BOUNDED ->
                level.maxStaleness().compareTo(SMALL_BOUND) < 0
                        ? newest(shard, token, time)
                        : Mono.just(atLeast(token).toBuilder()
                                .setMaxStalenessMicros(TimeUnit.NANOSECONDS.toMicros(
                                        level.maxStaleness().toNanos()))
                                .build());
            case STRONG, LEVEL_UNSPECIFIED, UNRECOGNIZED -> newest(shard, token, time);
        };
    }

    private Mono<Freshness> newest(ShardState shard, long token, TimeBudget time) {
        ReadPositionRequest request =
                ReadPositionRequest.newBuilder().setShard(shard.getUid()).build();
        return storage.call(shard, StorageServiceGrpc.getReadPositionMethod(), request, time.left())
                .map(position -> atLeast(Math.max(token, position.getSeq())));
    }

    private static Freshness atLeast(long seq) {
        return Freshness.newBuilder().setMinSeq(seq).build();
    }
}
