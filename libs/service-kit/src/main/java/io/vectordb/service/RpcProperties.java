package io.vectordb.service;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where the internal gRPC services are reached.
 *
 * @param mode over the network, or only within this process
 * @param host the address to bind and to tell others
 * @param port 0: any free one
 * @param inProcessName what the addresses within the process begin with; another one for every application in a JVM
 */
@ConfigurationProperties("vectordb.rpc")
public record RpcProperties(
        @DefaultValue("NETWORK") Mode mode,
        @DefaultValue("127.0.0.1") String host,
        @DefaultValue("0") int port,
        @DefaultValue("vectordb") String inProcessName) {

    /** How the services of one installation reach each other. */
    public enum Mode {
        NETWORK,
        IN_PROCESS
    }

    /** The in-process address of a service. */
    public String inProcessAddress(String service) {
        return inProcessName + "-" + service;
    }
}
