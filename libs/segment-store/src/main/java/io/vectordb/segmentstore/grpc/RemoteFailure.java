package io.vectordb.segmentstore.grpc;

import io.vectordb.common.VectorDbException;
import io.vectordb.rpc.GrpcErrors;

/** What the other node, or the way to it, failed with; what fails here is thrown as it is, and ends a transfer. */
final class RemoteFailure extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient VectorDbException failure;

    RemoteFailure(Throwable thrown) {
        super(thrown);
        this.failure = GrpcErrors.fromThrowable(thrown);
    }

    VectorDbException failure() {
        return failure;
    }
}
