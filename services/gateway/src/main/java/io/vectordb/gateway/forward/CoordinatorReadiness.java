package io.vectordb.gateway.forward;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.vectordb.service.ServiceReadiness;
import java.util.Optional;

/** The gateway is ready when the coordinator can be reached; asking begins to connect. */
public final class CoordinatorReadiness implements ServiceReadiness {

    private final ManagedChannel channel;

    public CoordinatorReadiness(ManagedChannel channel) {
        this.channel = channel;
    }

    @Override
    public String name() {
        return "gateway";
    }

    @Override
    public Optional<String> notReadyBecause() {
        ConnectivityState state = channel.getState(true);
        return state == ConnectivityState.READY
                ? Optional.empty()
                : Optional.of("the query coordinator at " + channel.authority() + " is not connected: " + state);
    }
}
