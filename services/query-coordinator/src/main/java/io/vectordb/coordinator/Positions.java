package io.vectordb.coordinator;

import io.vectordb.internal.index.v1.Freshness;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.internal.storage.v1.ReadPositionRequest;
import io.vectordb.internal.storage.v1.StorageServiceGrpc;
import io.vectordb.rpc.ShardClient;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;

/** How far the view of a shard has to be for a read of some level. */
final class Positions {

    private final ShardClient storage;

    Positions(ShardClient storage) {
        this.storage = storage;
    }

    Mono<Freshness> of(CollectionHandle collection, ShardState shard, ReadLevel level, TimeBudget time) {
        long token = level.token().seq(collection, shard);
        return switch (level.level()) {
            case SESSION -> Mono.just(atLeast(token));
            case EVENTUAL -> Mono.just(atLeast(0));
            case BOUNDED -> Mono.just(atLeast(token).toBuilder()
                    .setMaxStalenessMicros(
                            TimeUnit.NANOSECONDS.toMicros(level.maxStaleness().toNanos()))
                    .build());
            case STRONG, LEVEL_UNSPECIFIED, UNRECOGNIZED -> storage.call(
                            shard,
                            StorageServiceGrpc.getReadPositionMethod(),
                            ReadPositionRequest.newBuilder()
                                    .setShard(shard.getUid())
                                    .build(),
                            time.left())
                    .map(position -> atLeast(Math.max(token, position.getSeq())));
        };
    }

    private static Freshness atLeast(long seq) {
        return Freshness.newBuilder().setMinSeq(seq).build();
    }
}
