package io.vectordb.service;

import io.micrometer.core.instrument.MeterRegistry;
import io.vectordb.rpc.ChannelFactory;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What every service has: channels to the others, its own internal server, the readiness probe. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(RpcProperties.class)
public class ServiceKitConfiguration {

    @Bean(destroyMethod = "close")
    ChannelFactory channelFactory() {
        return new ChannelFactory();
    }

    @Bean
    RpcServer rpcServer(RpcProperties properties, ObjectProvider<RpcServices> services, MeterRegistry meters) {
        return new RpcServer(properties, services.orderedStream().toList(), meters);
    }

    @Bean
    HealthIndicator serviceHealthIndicator(ObjectProvider<ServiceReadiness> services) {
        return new ServiceHealthIndicator(List.copyOf(services.orderedStream().toList()));
    }
}
