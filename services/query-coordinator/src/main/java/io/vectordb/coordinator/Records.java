package io.vectordb.coordinator;

import com.google.protobuf.ByteString;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.Limits;
import io.vectordb.common.VectorDbException;
import io.vectordb.coordinator.WritePreparation.Prepared;
import io.vectordb.coordinator.Writer.Ids;
import io.vectordb.coordinator.Writer.ShardWrite;
import io.vectordb.v1.BatchMode;
import io.vectordb.v1.WriteOp;
import io.vectordb.v1.WriteResponse;
import io.vectordb.v1.WriteResult;
import java.util.List;
import java.util.Objects;
import reactor.core.publisher.Mono;

/** Writes of a bounded number of items, whatever the call that brought them. */
final class Records {

    private final Catalog catalog;
    private final WritePreparation preparation;
    private final Writer writer;

    Records(Catalog catalog, WritePreparation preparation, Writer writer) {
        this.catalog = catalog;
        this.preparation = preparation;
        this.writer = writer;
    }

    /** One write call, with everything that the three kinds of call have in common. */
    record Write(String collection, List<WriteOp> ops, BatchMode mode, List<String> tokens, String requestId) {}

    Mono<WriteResponse> write(Write write, TimeBudget time) {
        BatchMode mode = modeOf(write.mode());
        if (write.ops().isEmpty()) {
            throw new VectorDbException(ErrorCode.MISSING_MEMBER, "a write needs at least one item");
        }
        if (write.ops().size() > Limits.BATCH_ITEMS) {
            throw new VectorDbException(
                    ErrorCode.LIMIT_EXCEEDED,
                    "at most " + Limits.BATCH_ITEMS + " items a request, received "
                            + write.ops().size() + "; more belongs into bulk-write");
        }
        String id = RequestIds.orNew(write.requestId());
        SessionToken sent = SessionToken.parse(write.tokens());
        return catalog.collection(write.collection(), time)
                .flatMap(collection -> {
                    sent.check(collection);
                    return preparation.prepare(collection, write.ops(), time);
                })
                .flatMap(prepared -> {
                    ByteString hash = RequestIds.contentHash(
                            prepared.collection().collection().getUid(), mode.getNumber(), write.ops());
                    return apply(prepared, mode, new Ids.PerRequest(id, hash), sent, time);
                });
    }

    private static BatchMode modeOf(BatchMode mode) {
        return switch (mode) {
            case BATCH_MODE_UNSPECIFIED -> BatchMode.BATCH_MODE_SKIP_FAILED;
            case BATCH_MODE_SKIP_FAILED, BATCH_MODE_SHARD_ATOMIC, BATCH_MODE_ATOMIC -> mode;
            case UNRECOGNIZED ->
                throw new VectorDbException(
                        ErrorCode.INVALID_VALUE, "mode: expected one of skip_failed, shard_atomic and atomic");
        };
    }

    private Mono<WriteResponse> apply(Prepared prepared, BatchMode mode, Ids ids, SessionToken sent, TimeBudget time) {
        return writer.write(prepared.items(), mode, ids, time)
                .map(writes -> response(prepared.collection(), prepared.items(), writes, sent));
    }

    private static WriteResponse response(
            CollectionHandle collection, List<WriteItem> items, List<ShardWrite> writes, SessionToken sent) {
        VectorDbException failure = Writer.failureOfAll(items);
        if (failure != null) {
            throw failure;
        }
        SessionToken token = sent;
        WriteResponse.Builder response = WriteResponse.newBuilder();
        for (ShardWrite write : writes) {
            response.addShards(write.toProto());
            token = token.with(collection, write.shard(), write.seq());
        }
        for (WriteItem item : items) {
            WriteResult result = Objects.requireNonNull(item.result());
            response.addResults(result);
            if (result.hasError()) {
                response.setFailed(response.getFailed() + 1);
            } else {
                response.setSucceeded(response.getSucceeded() + 1);
            }
        }
        return response.setToken(token.text()).build();
    }
}
