package io.vectordb.cli.local;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The services as programs of this machine: makes what they need and completes the commands of a plan. */
public final class Programs {

    private static final List<String> SMALL = List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
    private static final List<String> LARGE = List.of("-XX:+UseG1GC");

    private final Home home;
    private final Map<String, String> environment;
    private final Steps steps;

    public Programs(Home home, Map<String, String> environment, Steps steps) {
        this.home = home;
        this.environment = environment;
        this.steps = steps;
    }

    /** The plan with whole commands. */
    public Plan complete(Plan plan) {
        Map<String, AppImage> images = new HashMap<>();
        List<ProcessSpec> processes = plan.processes().stream()
                .map(process -> new ProcessSpec(
                        process.node(),
                        process.service(),
                        images.computeIfAbsent(
                                        process.service(), service -> AppImage.prepare(home, app(service), steps))
                                .command(process.command()),
                        process.environment(),
                        process.ports()))
                .toList();
        return new Plan(plan.name(), plan.dataDir(), plan.restUrl(), plan.grpcAddress(), processes);
    }

    /** Control services start fast and stay small with the first compiler alone; the others need both. */
    private ServiceApp app(String service) {
        return switch (service) {
            case "standalone" ->
                new ServiceApp(
                        service,
                        heap("2g"),
                        LARGE,
                        scratch -> List.of(
                                "--vectordb.data-dir=" + scratch, "--server.port=0", "--spring.grpc.server.port=0"));
            case "metadata" ->
                new ServiceApp(service, "192m", SMALL, scratch -> training("vectordb.metadata", scratch));
            case "gateway" -> new ServiceApp(service, "256m", SMALL, scratch -> training("vectordb.gateway", scratch));
            case "storage-node" ->
                new ServiceApp(service, "512m", LARGE, scratch -> training("vectordb.storage", scratch));
            case "index-node" ->
                new ServiceApp(service, heap("1g"), LARGE, scratch -> training("vectordb.index", scratch));
            case "query-coordinator" ->
                new ServiceApp(service, "768m", LARGE, scratch -> training("vectordb.coordinator", scratch));
            default -> throw new IllegalArgumentException("there is no service " + service);
        };
    }

    /** Nothing of this run meets real data or real nodes: nobody listens on port 9. */
    private static List<String> training(String prefix, Path scratch) {
        return List.of(
                "--server.port=0",
                "--spring.grpc.server.port=0",
                "--vectordb.rpc.port=0",
                "--" + prefix + ".data-dir=" + scratch,
                "--" + prefix + ".node-id=training",
                "--" + prefix + ".raft-port=" + Ports.free(),
                "--vectordb.cluster.metadata-address=127.0.0.1:9",
                "--vectordb.gateway.coordinator-address=127.0.0.1:9");
    }

    private String heap(String standard) {
        String chosen = environment.getOrDefault("VECTORDB_HEAP", "");
        return chosen.isEmpty() ? standard : chosen;
    }
}
