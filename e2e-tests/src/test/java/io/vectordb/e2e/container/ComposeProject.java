package io.vectordb.e2e.container;

import io.vectordb.e2e.Checkout;
import io.vectordb.e2e.RestClient;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The cluster of the compose file under a name, ports and image tags of its own, through the command line of Docker.
 * Closing removes its containers, volumes and images.
 */
final class ComposeProject implements AutoCloseable {

    private final String name = "vectordb-e2e-" + UUID.randomUUID().toString().substring(0, 8);
    private final int httpPort;
    private final int grpcPort;

    ComposeProject() throws IOException {
        try (ServerSocket http = new ServerSocket(0);
                ServerSocket grpc = new ServerSocket(0)) {
            this.httpPort = http.getLocalPort();
            this.grpcPort = grpc.getLocalPort();
        }
    }

    /** Whether the command line knows compose. */
    static boolean isAvailable() {
        try {
            return new ProcessBuilder("docker", "compose", "version")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException missing) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Runs {@code docker compose} with these arguments and returns what it printed. */
    String run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("docker", "compose", "--project-name", name));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(Checkout.root().toFile()).redirectErrorStream(true);
        builder.environment()
                .putAll(Map.of(
                        "VECTORDB_TAG", "e2e",
                        "VECTORDB_HTTP_PORT", String.valueOf(httpPort),
                        "VECTORDB_GRPC_PORT", String.valueOf(grpcPort)));
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + " failed: " + output);
        }
        return output;
    }

    /** Builds what is missing, starts and waits until the containers are healthy; of one service or of all. */
    void up(String... services) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("up", "--detach", "--wait", "--wait-timeout", "300"));
        arguments.addAll(services.length == 0 ? List.of("--build") : List.of("--no-deps"));
        arguments.addAll(List.of(services));
        run(arguments.toArray(String[]::new));
    }

    /** Ends the process of a service without a chance to write anything. */
    void kill(String service) throws IOException, InterruptedException {
        run("kill", "--signal", "KILL", service);
    }

    RestClient rest() {
        return new RestClient(URI.create("http://127.0.0.1:" + httpPort));
    }

    @Override
    public void close() throws IOException {
        try {
            run("down", "--volumes", "--rmi", "all", "--timeout", "5");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + name + " was removed", e);
        }
    }
}
