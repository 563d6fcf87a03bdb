package io.vectordb.metadata.placement;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.util.Map;

/** Why an operation that somebody asks for is not begun, and what to do. */
public record Refusal(ErrorCode code, String message, Map<String, String> metadata) {

    public Refusal {
        metadata = Map.copyOf(metadata);
    }

    public VectorDbException toException() {
        return new VectorDbException(code, message, metadata);
    }
}
