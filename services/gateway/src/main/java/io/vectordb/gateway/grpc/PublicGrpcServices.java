package io.vectordb.gateway.grpc;

import com.google.protobuf.Message;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.vectordb.gateway.api.Rpc;
import io.vectordb.gateway.api.RpcCatalogue;
import io.vectordb.gateway.forward.Coordinator;
import io.vectordb.gateway.forward.GatewayMetrics;
import io.vectordb.gateway.guard.RequestGuard;
import java.util.List;

/** The services of the public API, made from their descriptors: every rpc passes the guard and is forwarded. */
public final class PublicGrpcServices {

    private final RpcCatalogue catalogue;
    private final RequestGuard guard;
    private final Coordinator coordinator;
    private final GatewayMetrics metrics;

    public PublicGrpcServices(
            RpcCatalogue catalogue, RequestGuard guard, Coordinator coordinator, GatewayMetrics metrics) {
        this.catalogue = catalogue;
        this.guard = guard;
        this.coordinator = coordinator;
        this.metrics = metrics;
    }

    /** One service, to be served under the name of its descriptor. */
    public BindableService service(ServiceDescriptor generated) {
        List<Rpc> rpcs = generated.getMethods().stream()
                .map(method -> catalogue.byFullName(method.getFullMethodName()))
                .toList();
        ServiceDescriptor.Builder descriptor =
                ServiceDescriptor.newBuilder(generated.getName()).setSchemaDescriptor(generated.getSchemaDescriptor());
        rpcs.forEach(rpc -> descriptor.addMethod(rpc.method()));
        ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(descriptor.build());
        rpcs.forEach(rpc -> service.<Message, Message>addMethod(
                rpc.method(),
                rpc.isUnary()
                        ? new UnaryForwarding(rpc, guard, coordinator, metrics)
                        : new StreamForwarding(rpc, guard, coordinator, metrics)));
        ServerServiceDefinition definition = service.build();
        return () -> definition;
    }
}
