package io.vectordb.e2e.api;

import io.grpc.Status;

/** The errors that these tests provoke, with the statuses that the API promises for them, written down once more. */
enum Code {
    MALFORMED_JSON(400, Status.Code.INVALID_ARGUMENT),
    UNKNOWN_MEMBER(400, Status.Code.INVALID_ARGUMENT),
    MISSING_MEMBER(400, Status.Code.INVALID_ARGUMENT),
    INVALID_VALUE(400, Status.Code.INVALID_ARGUMENT),
    FILTER_SYNTAX(400, Status.Code.INVALID_ARGUMENT),
    UNKNOWN_FIELD(400, Status.Code.INVALID_ARGUMENT),
    TYPE_MISMATCH(400, Status.Code.INVALID_ARGUMENT),
    DIMENSION_MISMATCH(400, Status.Code.INVALID_ARGUMENT),
    NON_FINITE_VECTOR(400, Status.Code.INVALID_ARGUMENT),
    ZERO_VECTOR(400, Status.Code.INVALID_ARGUMENT),
    CONSTRAINT_VIOLATION(400, Status.Code.INVALID_ARGUMENT),
    KEY_TOO_LONG(400, Status.Code.INVALID_ARGUMENT),
    RECORD_TOO_LARGE(400, Status.Code.INVALID_ARGUMENT),
    TEXT_TOO_LONG(400, Status.Code.INVALID_ARGUMENT),
    LIMIT_EXCEEDED(400, Status.Code.INVALID_ARGUMENT),
    PARAMETER_MISMATCH(400, Status.Code.INVALID_ARGUMENT),
    INVALID_CURSOR(400, Status.Code.INVALID_ARGUMENT),
    INVALID_TOKEN(400, Status.Code.INVALID_ARGUMENT),
    INVALID_SCHEMA(400, Status.Code.INVALID_ARGUMENT),
    COLLECTION_NOT_FOUND(404, Status.Code.NOT_FOUND),
    RECORD_NOT_FOUND(404, Status.Code.NOT_FOUND),
    COLLECTION_EXISTS(409, Status.Code.ALREADY_EXISTS),
    SEQ_MISMATCH(409, Status.Code.ABORTED),
    REQUEST_ID_REUSED(409, Status.Code.FAILED_PRECONDITION),
    REQUEST_TOO_LARGE(413, Status.Code.RESOURCE_EXHAUSTED),
    FEATURE_NOT_AVAILABLE(501, Status.Code.UNIMPLEMENTED);

    private final int http;
    private final Status.Code grpc;

    Code(int http, Status.Code grpc) {
        this.http = http;
        this.grpc = grpc;
    }

    int http() {
        return http;
    }

    Status.Code grpc() {
        return grpc;
    }
}
