package io.vectordb.service;

import io.grpc.BindableService;
import java.util.List;

/**
 * The internal gRPC services of one of our services. A bean of this type is served by {@link RpcServer}; the services in
 * it are no beans of their own, since the public gRPC server serves every such bean to everybody.
 *
 * @param name of the service, such as {@code storage}; part of its in-process address
 */
public record RpcServices(String name, List<BindableService> services) {

    public RpcServices {
        services = List.copyOf(services);
    }
}
