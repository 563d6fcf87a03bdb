package io.vectordb.gateway.api;

import com.google.api.AnnotationsProto;
import com.google.api.HttpRule;
import com.google.protobuf.Descriptors;
import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.ServiceDescriptor;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import io.grpc.protobuf.ProtoUtils;
import io.vectordb.v1.AdminServiceGrpc;
import io.vectordb.v1.ClusterServiceGrpc;
import io.vectordb.v1.CollectionServiceGrpc;
import io.vectordb.v1.IngestServiceGrpc;
import io.vectordb.v1.OperationServiceGrpc;
import io.vectordb.v1.RecordServiceGrpc;
import io.vectordb.v1.SearchServiceGrpc;
import io.vectordb.v1.SqlServiceGrpc;
import io.vectordb.v1.SystemServiceGrpc;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Every rpc of {@code vectordb.v1}, read off the generated service descriptors. REST, gRPC and OpenAPI are made from it, so
 * they cannot differ in what they serve.
 */
public final class RpcCatalogue {

    /** How deep messages may be nested to be read at all; the guard refuses less deep ones with a proper error. */
    private static final int RECURSION_LIMIT = 1_000;

    private static final List<ServiceDescriptor> SERVICES = List.of(
            SystemServiceGrpc.getServiceDescriptor(),
            CollectionServiceGrpc.getServiceDescriptor(),
            RecordServiceGrpc.getServiceDescriptor(),
            SearchServiceGrpc.getServiceDescriptor(),
            SqlServiceGrpc.getServiceDescriptor(),
            IngestServiceGrpc.getServiceDescriptor(),
            OperationServiceGrpc.getServiceDescriptor(),
            ClusterServiceGrpc.getServiceDescriptor(),
            AdminServiceGrpc.getServiceDescriptor());

    private final List<Rpc> rpcs;
    private final Map<String, Rpc> byFullName;

    public RpcCatalogue() {
        rpcs = SERVICES.stream()
                .flatMap(service -> service.getMethods().stream())
                .map(RpcCatalogue::rpc)
                .toList();
        byFullName = rpcs.stream()
                .collect(Collectors.toUnmodifiableMap(rpc -> rpc.method().getFullMethodName(), Function.identity()));
    }

    /** The services as generated; their methods are found by {@link #rpc(MethodDescriptor)}. */
    public List<ServiceDescriptor> services() {
        return SERVICES;
    }

    public List<Rpc> rpcs() {
        return rpcs;
    }

    /** The rpc of {@code service/method}, such as {@code vectordb.v1.RecordService/Get}. */
    public Rpc byFullName(String fullMethodName) {
        return Objects.requireNonNull(byFullName.get(fullMethodName), fullMethodName);
    }

    private static Rpc rpc(MethodDescriptor<?, ?> method) {
        ProtoMethodDescriptorSupplier supplier =
                (ProtoMethodDescriptorSupplier) Objects.requireNonNull(method.getSchemaDescriptor());
        Descriptors.MethodDescriptor descriptor = supplier.getMethodDescriptor();
        HttpRule rule = descriptor.getOptions().getExtension(AnnotationsProto.http);
        Message request = prototype(method.getRequestMarshaller());
        Message response = prototype(method.getResponseMarshaller());
        MethodDescriptor<Message, Message> call = method.toBuilder(
                        ProtoUtils.marshallerWithRecursionLimit(request, RECURSION_LIMIT),
                        ProtoUtils.marshallerWithRecursionLimit(response, RECURSION_LIMIT))
                .build();
        return new Rpc(
                call,
                descriptor,
                request,
                response,
                httpMethod(rule),
                PathTemplate.parse(httpPath(rule)),
                !rule.getBody().isEmpty());
    }

    private static Message prototype(MethodDescriptor.Marshaller<?> marshaller) {
        return (Message) Objects.requireNonNull(((PrototypeMarshaller<?>) marshaller).getMessagePrototype());
    }

    private static String httpMethod(HttpRule rule) {
        return rule.getPatternCase().name();
    }

    private static String httpPath(HttpRule rule) {
        return switch (rule.getPatternCase()) {
            case GET -> rule.getGet();
            case PUT -> rule.getPut();
            case POST -> rule.getPost();
            case DELETE -> rule.getDelete();
            case PATCH -> rule.getPatch();
            case CUSTOM, PATTERN_NOT_SET -> throw new IllegalStateException("an rpc without a route: " + rule);
        };
    }
}
