package io.vectordb.gateway.guard;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.Limits;
import io.vectordb.common.VectorDbException;
import io.vectordb.common.Violation;
import io.vectordb.gateway.api.Rpc;
import io.vectordb.gateway.api.Stages;
import io.vectordb.v1.CreateCollectionRequest;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What every request must satisfy before it is forwarded, whichever way it came in: it calls only what is built, holds
 * nothing that this build does not know, and keeps the limits that need no schema.
 *
 * <p>What concerns one item of a batch alone, such as the length of a key that is written, is left to the coordinator, which
 * refuses that item and applies the others.
 *
 * <p>Thread-safe. Cost: one walk over the message, whose values and vectors are walked without reflection.
 */
public final class RequestGuard {

    /**
     * Checks a whole request.
     *
     * @throws VectorDbException with the first fault found
     */
    public void check(Rpc rpc, Message request) {
        checkAvailable(rpc);
        if (request.getSerializedSize() > Limits.REQUEST_BYTES) {
            throw new VectorDbException(
                    ErrorCode.REQUEST_TOO_LARGE,
                    "the request has " + request.getSerializedSize() + " bytes, at most " + Limits.REQUEST_BYTES
                            + " are read; more belongs into BulkWrite",
                    Map.of(
                            "expected", Integer.toString(Limits.REQUEST_BYTES),
                            "actual", Integer.toString(request.getSerializedSize())));
        }
        rpc.path().variables().forEach(variable -> require(request, variable));
        if (request instanceof CreateCollectionRequest) {
            require(request, "name");
        }
        new RequestWalk().walk(request);
    }

    /**
     * Checks one message of a stream.
     *
     * @throws VectorDbException with the first fault found
     */
    public void checkPart(Rpc rpc, Message part) {
        for (String variable : rpc.path().variables()) {
            FieldDescriptor holder = part.getDescriptorForType().findFieldByName(variable.split("\\.")[0]);
            if (holder != null && part.hasField(holder)) {
                require(part, variable);
            }
        }
        new RequestWalk().walk(part);
    }

    /**
     * Checks one item that stands alone.
     *
     * @throws VectorDbException with the first fault found
     */
    public void checkItem(Message item) {
        new RequestWalk().walk(item);
    }

    /**
     * Refuses rpcs that are declared and not built.
     *
     * @throws VectorDbException {@code FEATURE_NOT_AVAILABLE}
     */
    public void checkAvailable(Rpc rpc) {
        if (rpc.stage() > Stages.BUILT) {
            throw new VectorDbException(
                    ErrorCode.FEATURE_NOT_AVAILABLE,
                    rpc.name() + " is declared and not available yet",
                    Map.of("method", rpc.name(), "stage", Integer.toString(rpc.stage())));
        }
    }

    private static void require(Message request, String path) {
        Message holder = request;
        String[] names = path.split("\\.");
        for (int i = 0; i < names.length; i++) {
            FieldDescriptor field = holder.getDescriptorForType().findFieldByName(names[i]);
            Object value = field == null ? null : holder.getField(field);
            if (i == names.length - 1 || !(value instanceof Message inner)) {
                requireText(path, value);
                return;
            }
            holder = inner;
        }
    }

    private static void requireText(String path, @Nullable Object value) {
        if ("".equals(value)) {
            Violation violation = new Violation(path, ErrorCode.MISSING_MEMBER, path + " is missing");
            throw new VectorDbException(
                    ErrorCode.MISSING_MEMBER, violation.message(), Map.of(), List.of(violation), null);
        }
    }
}
