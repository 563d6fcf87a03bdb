package io.vectordb.rpc;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.Position;
import io.vectordb.common.VectorDbException;
import io.vectordb.common.Violation;
import io.vectordb.v1.ItemError;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The two ways of saying an error, turned into each other without loss: {@link VectorDbException} within a process,
 * {@code google.rpc.Status} between processes.
 *
 * <p>A status carries {@code ErrorInfo} (reason = the code's name, domain, metadata), {@code BadRequest} with the
 * violations and {@code RetryInfo} for clients that know only Google's own details, and an {@link ItemError} that holds
 * the violations whole. A reason that we do not know, as from a newer server, falls back to the status alone.
 */
public final class GrpcErrors {

    public static final String DOMAIN = "vectordb";
    /** In the metadata of a failure that no service told of: the call did not come through. */
    public static final String UNREACHED = "unreached";
    /** In the metadata of a {@code NOT_LEADER} of the metadata service: where its leader takes calls. */
    public static final String LEADER_ADDRESS = "leader_address";
    /** How long a client waits before it repeats a retryable call, when nothing better is known. */
    public static final int RETRY_DELAY_SECONDS = 1;

    /** Twice that, in base64 and with the rest, stays below 8 KB. */
    private static final int CLIENT_VIOLATION_BYTES = 2_000;

    private static final int INTERNAL_VIOLATION_BYTES = 200_000;

    private GrpcErrors() {}

    /**
     * The status to close a call of a client with. Of many violations it tells the first: clients refuse trailers of more
     * than 8 KB unless they are told otherwise.
     */
    public static StatusRuntimeException toStatus(VectorDbException error) {
        return toStatus(error, CLIENT_VIOLATION_BYTES);
    }

    /** The status to close a call of one of our own services with, which read longer trailers. */
    static StatusRuntimeException toInternalStatus(VectorDbException error) {
        return toStatus(error, INTERNAL_VIOLATION_BYTES);
    }

    private static StatusRuntimeException toStatus(VectorDbException error, int violationBytes) {
        ErrorCode code = error.code();
        com.google.rpc.Status.Builder status = com.google.rpc.Status.newBuilder()
                .setCode(Status.Code.valueOf(code.grpcStatus()).value())
                .setMessage(error.getMessage())
                .addDetails(Any.pack(ErrorInfo.newBuilder()
                        .setReason(code.name())
                        .setDomain(DOMAIN)
                        .putAllMetadata(error.metadata())
                        .build()));
        VectorDbException told = withViolationsOf(error, violationBytes);
        if (!told.violations().isEmpty()) {
            status.addDetails(Any.pack(badRequest(told.violations())));
            status.addDetails(Any.pack(toItemError(told)));
        }
        if (code.retryable()) {
            status.addDetails(Any.pack(RetryInfo.newBuilder()
                    .setRetryDelay(Duration.newBuilder().setSeconds(RETRY_DELAY_SECONDS))
                    .build()));
        }
        return StatusProto.toStatusRuntimeException(status.build());
    }

    /** The failure with as many of its first violations as take up so many bytes. */
    private static VectorDbException withViolationsOf(VectorDbException error, int bytes) {
        List<Violation> violations = error.violations();
        int left = bytes;
        int fitting = 0;
        while (fitting < violations.size()) {
            left -= toProto(violations.get(fitting)).getSerializedSize();
            if (left < 0) {
                return new VectorDbException(
                        error.code(), error.getMessage(), error.metadata(), violations.subList(0, fitting), null);
            }
            fitting++;
        }
        return error;
    }

    /**
     * The failure behind anything that a call may end with; what is not ours becomes {@code INTERNAL}.
     *
     * <p>It has no status of gRPC among its causes: gRPC would close a call with that status instead of with ours, and
     * behind Reactor's stubs without the details.
     */
    public static VectorDbException fromThrowable(Throwable thrown) {
        Throwable cause = unwrap(thrown);
        return switch (cause) {
            case VectorDbException ours -> ours;
            case StatusRuntimeException e -> fromStatus(StatusProto.fromThrowable(e), e.getStatus());
            case StatusException e -> fromStatus(StatusProto.fromThrowable(e), e.getStatus());
            case TimeoutException e -> new VectorDbException(ErrorCode.DEADLINE_EXCEEDED, "the time was used up", e);
            default ->
                carriesStatus(cause)
                        ? new VectorDbException(ErrorCode.INTERNAL, describe(cause))
                        : new VectorDbException(ErrorCode.INTERNAL, describe(cause), cause);
        };
    }

    /** The same failure as it stands in the result of one item of a batch. */
    public static ItemError toItemError(VectorDbException error) {
        ItemError.Builder item = ItemError.newBuilder()
                .setCode(error.code().name())
                .setMessage(error.getMessage())
                .setRetryable(error.code().retryable())
                .putAllMetadata(error.metadata());
        for (Violation violation : error.violations()) {
            item.addViolations(toProto(violation));
        }
        return item.build();
    }

    /** The failure that an item's result tells of. */
    public static VectorDbException fromItemError(ItemError item) {
        ErrorCode code = ErrorCode.byName(item.getCode()).orElse(ErrorCode.INTERNAL);
        List<Violation> violations =
                item.getViolationsList().stream().map(GrpcErrors::fromProto).toList();
        return new VectorDbException(code, item.getMessage(), item.getMetadataMap(), violations, null);
    }

    private static VectorDbException fromStatus(com.google.rpc.@Nullable Status details, Status status) {
        String message = Optional.ofNullable(status.getDescription()).orElse("");
        if (details != null) {
            ErrorInfo info = find(details, ErrorInfo.class);
            ErrorCode code =
                    info == null ? null : ErrorCode.byName(info.getReason()).orElse(null);
            if (info != null && code != null) {
                ItemError item = find(details, ItemError.class);
                List<Violation> violations = item == null
                        ? List.of()
                        : item.getViolationsList().stream()
                                .map(GrpcErrors::fromProto)
                                .toList();
                return new VectorDbException(code, details.getMessage(), info.getMetadataMap(), violations, null);
            }
        }
        ErrorCode code = isBrokenConnection(status) ? ErrorCode.SHARD_UNAVAILABLE : codeOf(status.getCode());
        Map<String, String> metadata = code == ErrorCode.SHARD_UNAVAILABLE ? Map.of(UNREACHED, "true") : Map.of();
        return new VectorDbException(code, message.isEmpty() ? code.title() : message, metadata);
    }

    /** A call that was being sent when its connection broke ends with UNKNOWN, others with UNAVAILABLE. */
    private static boolean isBrokenConnection(Status status) {
        return status.getCode() == Status.Code.UNKNOWN && status.getCause() instanceof IOException;
    }

    private static ErrorCode codeOf(Status.Code code) {
        return switch (code) {
            case CANCELLED -> ErrorCode.CANCELLED;
            case INVALID_ARGUMENT, OUT_OF_RANGE -> ErrorCode.INVALID_VALUE;
            case DEADLINE_EXCEEDED -> ErrorCode.DEADLINE_EXCEEDED;
            case NOT_FOUND -> ErrorCode.ROUTE_NOT_FOUND;
            case ALREADY_EXISTS, ABORTED, FAILED_PRECONDITION -> ErrorCode.OPERATION_CONFLICT;
            case PERMISSION_DENIED -> ErrorCode.FORBIDDEN;
            case UNAUTHENTICATED -> ErrorCode.UNAUTHENTICATED;
            case RESOURCE_EXHAUSTED -> ErrorCode.OVERLOADED;
            case UNIMPLEMENTED -> ErrorCode.FEATURE_NOT_AVAILABLE;
            case UNAVAILABLE -> ErrorCode.SHARD_UNAVAILABLE;
            case OK, UNKNOWN, INTERNAL, DATA_LOSS -> ErrorCode.INTERNAL;
        };
    }

    private static BadRequest badRequest(List<Violation> violations) {
        BadRequest.Builder request = BadRequest.newBuilder();
        for (Violation violation : violations) {
            request.addFieldViolations(BadRequest.FieldViolation.newBuilder()
                    .setField(violation.path())
                    .setReason(violation.code().name())
                    .setDescription(violation.message()));
        }
        return request.build();
    }

    /** A violation as the public API says it. */
    public static io.vectordb.v1.Violation toProto(Violation violation) {
        io.vectordb.v1.Violation.Builder proto = io.vectordb.v1.Violation.newBuilder()
                .setPath(violation.path())
                .setCode(violation.code().name())
                .setMessage(violation.message())
                .setHint(violation.hint());
        Position position = violation.position();
        if (position != null) {
            proto.setPosition(io.vectordb.v1.Position.newBuilder()
                    .setOffset(position.offset())
                    .setLine(position.line())
                    .setColumn(position.column())
                    .setLength(position.length()));
        }
        return proto.build();
    }

    private static Violation fromProto(io.vectordb.v1.Violation proto) {
        io.vectordb.v1.Position at = proto.getPosition();
        Position position =
                proto.hasPosition() ? new Position(at.getOffset(), at.getLine(), at.getColumn(), at.getLength()) : null;
        ErrorCode code = ErrorCode.byName(proto.getCode()).orElse(ErrorCode.INVALID_VALUE);
        return new Violation(proto.getPath(), code, proto.getMessage(), position, proto.getHint());
    }

    private static <M extends com.google.protobuf.Message> @Nullable M find(
            com.google.rpc.Status status, Class<M> type) {
        for (Any detail : status.getDetailsList()) {
            if (detail.is(type)) {
                try {
                    return detail.unpack(type);
                } catch (InvalidProtocolBufferException e) {
                    return null;
                }
            }
        }
        return null;
    }

    private static Throwable unwrap(Throwable thrown) {
        Throwable cause = thrown;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    private static boolean carriesStatus(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof StatusRuntimeException || cause instanceof StatusException) {
                return true;
            }
        }
        return false;
    }

    private static String describe(Throwable cause) {
        String message = cause.getMessage();
        return message == null || message.isBlank() ? cause.getClass().getSimpleName() : message;
    }
}
