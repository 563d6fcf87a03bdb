package io.vectordb.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class GatewayPropertiesTest {

    private static GatewayProperties bind(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("vectordb.gateway", GatewayProperties.class);
    }

    @Test
    void defaultsListenOnThisMachineOnly() {
        assertThat(bind(Map.of()))
                .isEqualTo(new GatewayProperties("127.0.0.1", 8080, 9090, "127.0.0.1:9501", Duration.ofSeconds(10)));
    }

    @Test
    void everyPropertyIsRead() {
        assertThat(bind(Map.of(
                        "vectordb.gateway.host", "0.0.0.0",
                        "vectordb.gateway.http-port", "1",
                        "vectordb.gateway.grpc-port", "2",
                        "vectordb.gateway.coordinator-address", "inproc:x",
                        "vectordb.gateway.timeout", "3s")))
                .isEqualTo(new GatewayProperties("0.0.0.0", 1, 2, "inproc:x", Duration.ofSeconds(3)));
    }
}
