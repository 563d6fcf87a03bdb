package io.vectordb.gateway;

import io.grpc.BindableService;
import io.grpc.ServiceDescriptor;
import io.micrometer.core.instrument.MeterRegistry;
import io.vectordb.gateway.api.RpcCatalogue;
import io.vectordb.gateway.forward.Coordinator;
import io.vectordb.gateway.forward.CoordinatorReadiness;
import io.vectordb.gateway.forward.GatewayMetrics;
import io.vectordb.gateway.grpc.PublicGrpcServices;
import io.vectordb.gateway.guard.RequestGuard;
import io.vectordb.gateway.rest.GatewayWebHandler;
import io.vectordb.gateway.rest.RestApi;
import io.vectordb.gateway.rest.UriRepair;
import io.vectordb.rpc.ChannelFactory;
import io.vectordb.service.ServiceKitConfiguration;
import io.vectordb.service.ServiceReadiness;
import java.util.Map;
import java.util.Optional;
import org.springframework.beans.factory.BeanRegistrar;
import org.springframework.beans.factory.BeanRegistry;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.PropertySource;
import org.springframework.core.env.Environment;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;

/**
 * The whole gateway: REST and gRPC of the public API, forwarded to the coordinator. Imported by its own application and by
 * the one process that holds all services.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(GatewayProperties.class)
@PropertySource("classpath:vectordb-gateway.properties")
@Import({ServiceKitConfiguration.class, GatewayConfiguration.GrpcServices.class})
public class GatewayConfiguration {

    /** After the actuator's mappings, before that of static files. */
    private static final int ORDER = 10;

    @Bean
    RpcCatalogue rpcCatalogue() {
        return new RpcCatalogue();
    }

    @Bean
    RequestGuard requestGuard() {
        return new RequestGuard();
    }

    @Bean
    GatewayMetrics gatewayMetrics(MeterRegistry registry) {
        return new GatewayMetrics(registry);
    }

    @Bean
    Coordinator coordinator(ChannelFactory channels, GatewayProperties properties) {
        return new Coordinator(channels.channel(properties.coordinatorAddress()), properties.timeout());
    }

    @Bean
    ServiceReadiness coordinatorReadiness(ChannelFactory channels, GatewayProperties properties) {
        return new CoordinatorReadiness(channels.channel(properties.coordinatorAddress()));
    }

    @Bean
    GatewayWebHandler gatewayWebHandler(
            RpcCatalogue catalogue, RequestGuard guard, Coordinator coordinator, GatewayMetrics metrics) {
        String version = Optional.ofNullable(getClass().getPackage().getImplementationVersion())
                .orElse("0.1.0-SNAPSHOT");
        return RestApi.handler(catalogue, guard, coordinator, metrics, version);
    }

    @Bean
    SimpleUrlHandlerMapping gatewayHandlerMapping(GatewayWebHandler handler) {
        return new SimpleUrlHandlerMapping(Map.of("/**", handler), ORDER);
    }

    @Bean
    NettyServerCustomizer uriRepairCustomizer() {
        return UriRepair::install;
    }

    @Bean
    PublicGrpcServices publicGrpcServices(
            RpcCatalogue catalogue, RequestGuard guard, Coordinator coordinator, GatewayMetrics metrics) {
        return new PublicGrpcServices(catalogue, guard, coordinator, metrics);
    }

    /** One bean per public service, as the gRPC server finds them. */
    static final class GrpcServices implements BeanRegistrar {

        @Override
        public void register(BeanRegistry registry, Environment environment) {
            for (ServiceDescriptor service : new RpcCatalogue().services()) {
                registry.registerBean(
                        service.getName(),
                        BindableService.class,
                        bean -> bean.supplier(context ->
                                context.bean(PublicGrpcServices.class).service(service)));
            }
        }
    }
}
