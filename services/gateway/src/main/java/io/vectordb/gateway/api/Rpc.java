package io.vectordb.gateway.api;

import com.google.protobuf.Descriptors;
import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;

/**
 * One rpc of the public API.
 *
 * @param method how gRPC calls it; its marshallers read messages nested deeper than protobuf's default of 100, so that the
 *     guard and not the transport refuses what is too deep
 * @param descriptor how the proto file declares it
 * @param request the empty request
 * @param response the empty answer
 * @param httpMethod of its route
 * @param path of its route
 * @param hasBody whether the request stands in the body of the HTTP request
 */
public record Rpc(
        MethodDescriptor<Message, Message> method,
        Descriptors.MethodDescriptor descriptor,
        Message request,
        Message response,
        String httpMethod,
        PathTemplate path,
        boolean hasBody) {

    /** Its name without the service: {@code Search}. */
    public String name() {
        return descriptor.getName();
    }

    /** From which release stage on it is served. */
    public int stage() {
        return Stages.of(descriptor);
    }

    /** Whether one request gives one answer. */
    public boolean isUnary() {
        return !descriptor.isClientStreaming() && !descriptor.isServerStreaming();
    }
}
