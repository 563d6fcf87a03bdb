package io.vectordb.storage;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.common.Violation;
import io.vectordb.internal.storage.v1.OpResult;
import io.vectordb.internal.storage.v1.UnitResult;
import io.vectordb.v1.ItemError;
import io.vectordb.v1.WriteResult.Outcome;
import java.util.Map;

/** Failures of single ops and units, in the form in which they travel and are remembered. */
final class Refusals {

    private Refusals() {}

    static VectorDbException seqMismatch(String key, long expected, long actual) {
        String found = actual == 0 ? key + " does not exist" : key + " is at version " + actual;
        String asked = "the condition asked " + (expected == 0 ? "that it does not exist" : "for " + expected);
        return new VectorDbException(
                ErrorCode.SEQ_MISMATCH,
                found + ", " + asked,
                Map.of("expected", Long.toString(expected), "actual", Long.toString(actual)));
    }

    static OpResult refused(VectorDbException failure) {
        return OpResult.newBuilder()
                .setOutcome(Outcome.REFUSED)
                .setError(error(failure))
                .build();
    }

    /** The result of an op that shares an atomic unit with a refused one. */
    static OpResult refusedBy(int index, ItemError cause) {
        ItemError error = ItemError.newBuilder()
                .setCode(cause.getCode())
                .setMessage("not applied, since op " + index + " of the atomic unit was refused: " + cause.getMessage())
                .setRetryable(cause.getRetryable())
                .putMetadata("refused_by", Integer.toString(index))
                .build();
        return OpResult.newBuilder().setOutcome(Outcome.REFUSED).setError(error).build();
    }

    static UnitResult refusedUnit(VectorDbException failure) {
        return UnitResult.newBuilder().setError(error(failure)).build();
    }

    private static ItemError error(VectorDbException failure) {
        ItemError.Builder error = ItemError.newBuilder()
                .setCode(failure.code().name())
                .setMessage(failure.getMessage())
                .setRetryable(failure.code().retryable())
                .putAllMetadata(failure.metadata());
        for (Violation violation : failure.violations()) {
            error.addViolations(io.vectordb.v1.Violation.newBuilder()
                    .setPath(violation.path())
                    .setCode(violation.code().name())
                    .setMessage(violation.message())
                    .setHint(violation.hint()));
        }
        return error.build();
    }
}
