package io.vectordb.coordinator;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.rpc.GrpcErrors;
import io.vectordb.v1.Coverage;
import io.vectordb.v1.ShardFailure;

/** Counts which shards of a read answered; without leave to be partial the first failure fails the read. */
final class Coverages {

    private final Coverage.Builder coverage = Coverage.newBuilder();

    Coverages(int shards) {
        coverage.setShardsTotal(shards).setShardsAnswered(shards);
    }

    /**
     * A shard did not answer.
     *
     * @throws VectorDbException the failure, unless the request allows a partial answer and the fault is not its own
     */
    void failed(ShardState shard, VectorDbException error, boolean allowPartial) {
        boolean shardsFault = switch (error.code().category()) {
            case UNAVAILABLE, EXHAUSTED, CORRUPT, INTERNAL -> true;
            case USER, CONFLICT -> false;
        };
        if (!allowPartial || !shardsFault) {
            throw error;
        }
        coverage.setPartial(true).setShardsAnswered(coverage.getShardsAnswered() - 1);
        if (error.code() == ErrorCode.DEADLINE_EXCEEDED || error.code() == ErrorCode.STALE) {
            coverage.setShardsTimedOut(coverage.getShardsTimedOut() + 1);
        }
        coverage.addFailures(
                ShardFailure.newBuilder().setShard(shard.getName()).setError(GrpcErrors.toItemError(error)));
    }

    Coverage build() {
        return coverage.build();
    }
}
