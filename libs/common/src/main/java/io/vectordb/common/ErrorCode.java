package io.vectordb.common;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What can go wrong, as a client sees it: one stable name through gRPC ({@code ErrorInfo.reason}), REST
 * ({@code code} of an RFC 9457 problem), logs and metrics.
 *
 * <p>A name is never reused and never changes its meaning; the HTTP and gRPC statuses follow from it, never the other
 * way round. The status of gRPC is given by name, since this module knows nothing of gRPC.
 */
public enum ErrorCode {
    MALFORMED_JSON(Category.USER, "INVALID_ARGUMENT", 400, false, "The body is not valid JSON"),
    UNKNOWN_MEMBER(Category.USER, "INVALID_ARGUMENT", 400, false, "The request has a member that does not exist"),
    MISSING_MEMBER(Category.USER, "INVALID_ARGUMENT", 400, false, "The request lacks a member it needs"),
    INVALID_VALUE(Category.USER, "INVALID_ARGUMENT", 400, false, "A value is out of its range or not of its form"),
    FILTER_SYNTAX(Category.USER, "INVALID_ARGUMENT", 400, false, "The filter cannot be parsed"),
    SQL_SYNTAX(Category.USER, "INVALID_ARGUMENT", 400, false, "The SQL statement cannot be parsed"),
    UNKNOWN_FIELD(Category.USER, "INVALID_ARGUMENT", 400, false, "The collection has no such field"),
    TYPE_MISMATCH(Category.USER, "INVALID_ARGUMENT", 400, false, "A value is not of the type of its field"),
    DIMENSION_MISMATCH(Category.USER, "INVALID_ARGUMENT", 400, false, "A vector has the wrong dimension"),
    NON_FINITE_VECTOR(Category.USER, "INVALID_ARGUMENT", 400, false, "A vector holds NaN or infinity"),
    ZERO_VECTOR(Category.USER, "INVALID_ARGUMENT", 400, false, "A vector of zeros has no direction under cosine"),
    CONSTRAINT_VIOLATION(Category.USER, "INVALID_ARGUMENT", 400, false, "A record violates a constraint of its schema"),
    KEY_TOO_LONG(Category.USER, "INVALID_ARGUMENT", 400, false, "A key is longer than 512 bytes"),
    RECORD_TOO_LARGE(Category.USER, "INVALID_ARGUMENT", 400, false, "A record is larger than 1 MiB"),
    TEXT_TOO_LONG(Category.USER, "INVALID_ARGUMENT", 400, false, "A text is longer than its field or its model allows"),
    LIMIT_EXCEEDED(Category.USER, "INVALID_ARGUMENT", 400, false, "The request asks for more than a limit allows"),
    PARAMETER_MISMATCH(
            Category.USER, "INVALID_ARGUMENT", 400, false, "The parameters are not those that the filter uses"),
    INVALID_CURSOR(Category.USER, "INVALID_ARGUMENT", 400, false, "The cursor is not one of this request"),
    INVALID_TOKEN(Category.USER, "INVALID_ARGUMENT", 400, false, "The token is not one that this server can honour"),
    INVALID_SCHEMA(Category.USER, "INVALID_ARGUMENT", 400, false, "The schema is not valid"),
    UNAUTHENTICATED(Category.USER, "UNAUTHENTICATED", 401, false, "The request carries no valid key"),
    FORBIDDEN(Category.USER, "PERMISSION_DENIED", 403, false, "The key does not allow this"),
    COLLECTION_NOT_FOUND(Category.USER, "NOT_FOUND", 404, false, "There is no such collection"),
    RECORD_NOT_FOUND(Category.USER, "NOT_FOUND", 404, false, "There is no such record"),
    OPERATION_NOT_FOUND(Category.USER, "NOT_FOUND", 404, false, "There is no such operation"),
    BACKUP_NOT_FOUND(Category.USER, "NOT_FOUND", 404, false, "There is no such backup"),
    SHARD_NOT_FOUND(Category.USER, "NOT_FOUND", 404, false, "There is no such shard"),
    NODE_NOT_FOUND(Category.USER, "NOT_FOUND", 404, false, "There is no such node"),
    ROUTE_NOT_FOUND(Category.USER, "NOT_FOUND", 404, false, "There is no such route"),
    METHOD_NOT_ALLOWED(Category.USER, "UNIMPLEMENTED", 405, false, "The route does not take this method"),
    NOT_ACCEPTABLE(Category.USER, "INVALID_ARGUMENT", 406, false, "No answer of an accepted media type can be given"),
    UNSUPPORTED_MEDIA_TYPE(
            Category.USER, "INVALID_ARGUMENT", 415, false, "The body is of a media type that is not read"),
    COLLECTION_EXISTS(Category.CONFLICT, "ALREADY_EXISTS", 409, false, "A collection of this name exists"),
    SEQ_MISMATCH(
            Category.CONFLICT, "ABORTED", 409, false, "The record is not at the version that the condition asks for"),
    SCHEMA_VERSION_MISMATCH(
            Category.CONFLICT, "ABORTED", 409, false, "The schema is not at the version that the condition asks for"),
    REQUEST_ID_REUSED(
            Category.CONFLICT, "FAILED_PRECONDITION", 409, false, "The request id was used for another content"),
    NOT_ONE_SHARD(
            Category.CONFLICT, "FAILED_PRECONDITION", 409, false, "The items of an atomic batch lie in several shards"),
    FOREIGN_KEY_VIOLATION(
            Category.CONFLICT, "FAILED_PRECONDITION", 409, false, "A record refers to one that does not exist"),
    OPERATION_CONFLICT(Category.CONFLICT, "FAILED_PRECONDITION", 409, false, "Another operation is in the way"),
    REQUEST_TOO_LARGE(Category.EXHAUSTED, "RESOURCE_EXHAUSTED", 413, false, "The request is larger than 32 MB"),
    RATE_LIMITED(Category.EXHAUSTED, "RESOURCE_EXHAUSTED", 429, true, "Too many requests"),
    OVERLOADED(Category.EXHAUSTED, "RESOURCE_EXHAUSTED", 429, true, "The server has more work than it can queue"),
    MEMORY_LIMIT(Category.EXHAUSTED, "RESOURCE_EXHAUSTED", 429, true, "The memory set aside for this is used up"),
    CANCELLED(Category.USER, "CANCELLED", 499, false, "The client went away"),
    INTERNAL(Category.INTERNAL, "INTERNAL", 500, false, "The server failed"),
    SEGMENT_CORRUPT(Category.CORRUPT, "DATA_LOSS", 500, false, "Stored data failed its checksum"),
    FEATURE_NOT_AVAILABLE(Category.USER, "UNIMPLEMENTED", 501, false, "This is declared and not built yet"),
    SHARD_UNAVAILABLE(Category.UNAVAILABLE, "UNAVAILABLE", 503, true, "A shard cannot be reached"),
    STALE(Category.UNAVAILABLE, "UNAVAILABLE", 503, true, "The view did not reach the asked position in time"),
    STARTING(Category.UNAVAILABLE, "UNAVAILABLE", 503, true, "The server is starting"),
    /** Between services only: never reaches a client. */
    NOT_LEADER(Category.UNAVAILABLE, "UNAVAILABLE", 503, true, "The replica is not the leader of its shard"),
    /** Between services only: never reaches a client. */
    STALE_EPOCH(Category.UNAVAILABLE, "UNAVAILABLE", 503, true, "The sender's shard map is older than the shard's"),
    /** Between services only: never reaches a client. */
    RESYNC(Category.UNAVAILABLE, "UNAVAILABLE", 503, true, "The change feed no longer reaches back that far"),
    /** Between services only: never reaches a client. */
    SEGMENT_NOT_FOUND(Category.UNAVAILABLE, "NOT_FOUND", 404, false, "The node does not have this segment file"),
    DEADLINE_EXCEEDED(
            Category.UNAVAILABLE,
            "DEADLINE_EXCEEDED",
            504,
            true,
            "The request took longer than its timeout; a write's outcome is unknown"),
    DISK_FULL(Category.EXHAUSTED, "RESOURCE_EXHAUSTED", 507, false, "The disk is full");

    /** Who has to act, and how. */
    public enum Category {
        /** The caller: the request cannot succeed as it is. */
        USER,
        /** The caller: the state is another than the request assumes. */
        CONFLICT,
        /** Nobody: the same request may succeed a little later. */
        UNAVAILABLE,
        /** The caller or the operator: less load, or more room. */
        EXHAUSTED,
        /** The operator: stored data is damaged. */
        CORRUPT,
        /** Us. */
        INTERNAL
    }

    private static final Map<String, ErrorCode> BY_NAME =
            Stream.of(values()).collect(Collectors.toUnmodifiableMap(Enum::name, Function.identity()));

    private final Category category;
    private final String grpcStatus;
    private final int httpStatus;
    private final boolean retryable;
    private final String title;

    ErrorCode(Category category, String grpcStatus, int httpStatus, boolean retryable, String title) {
        this.category = category;
        this.grpcStatus = grpcStatus;
        this.httpStatus = httpStatus;
        this.retryable = retryable;
        this.title = title;
    }

    public Category category() {
        return category;
    }

    /** The name of the gRPC status code, such as {@code INVALID_ARGUMENT}. */
    public String grpcStatus() {
        return grpcStatus;
    }

    public int httpStatus() {
        return httpStatus;
    }

    /** Whether the same request may succeed later; a write is repeated with the same request id. */
    public boolean retryable() {
        return retryable;
    }

    /** One sentence without values, the same for every occurrence. */
    public String title() {
        return title;
    }

    /** The name in kebab-case, as it stands in the {@code type} of a problem: {@code dimension-mismatch}. */
    public String slug() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The code of this name, or nothing: a newer server may know more codes than we do. */
    public static Optional<ErrorCode> byName(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }
}
