package io.vectordb.metadata;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.CommandError;
import io.vectordb.internal.metadata.v1.MetadataResult;
import io.vectordb.storage.StateStore;
import java.util.List;
import java.util.Map;

/**
 * What one command does.
 *
 * @param state after it
 * @param changes the stored rows that make up the difference; none when it changed nothing
 * @param result for the submitter
 */
record Transition(MetadataState state, List<StateStore.Change> changes, MetadataResult result) {

    /** A command that the state refuses, on every replica alike. */
    static Transition refused(MetadataState state, VectorDbException refusal) {
        return unchanged(
                state,
                MetadataResult.newBuilder()
                        .setError(CommandError.newBuilder()
                                .setCode(refusal.code().name())
                                .setMessage(refusal.getMessage())
                                .putAllMetadata(refusal.metadata()))
                        .build());
    }

    static Transition unchanged(MetadataState state, MetadataResult result) {
        return new Transition(state, List.of(), result);
    }

    /** The refusal that a result carries. */
    static VectorDbException refusal(CommandError error) {
        return new VectorDbException(
                ErrorCode.byName(error.getCode()).orElse(ErrorCode.INTERNAL),
                error.getMessage(),
                Map.copyOf(error.getMetadataMap()));
    }
}
