package io.vectordb.cli.command;

import io.vectordb.cli.local.Controller;
import io.vectordb.cli.local.Home;
import io.vectordb.cli.local.Installations;
import io.vectordb.cli.local.Plan;
import io.vectordb.cli.local.Plans;
import io.vectordb.cli.local.Ports;
import io.vectordb.cli.local.Programs;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Starts the embedded server. */
@Command(name = "up", description = "Start the embedded server, wait until it is ready, print where it is.")
final class UpCommand implements Callable<Integer> {

    static final int REST_PORT = 8080;
    static final int GRPC_PORT = 9090;

    private final Cli cli;

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "Port of REST (${DEFAULT-VALUE}).",
            defaultValue = "" + REST_PORT)
    private int port;

    @Option(
            names = "--grpc-port",
            paramLabel = "N",
            description = "Port of gRPC (${DEFAULT-VALUE}).",
            defaultValue = "" + GRPC_PORT)
    private int grpcPort;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            description = "Address to bind (${DEFAULT-VALUE}).",
            defaultValue = "127.0.0.1")
    private String host = "127.0.0.1";

    @Option(names = "--data", paramLabel = "DIR", description = "Data folder (.vectordb/data).")
    private @Nullable Path data;

    @Option(names = "--backups", paramLabel = "DIR", description = "Folder for backups (.vectordb/backups).")
    private @Nullable Path backups;

    UpCommand(Cli cli) {
        this.cli = cli;
    }

    @Override
    public Integer call() throws Exception {
        Home home = cli.home();
        Path folder = data == null
                ? home.defaultData(Installations.STANDALONE)
                : data.toAbsolutePath().normalize();
        Path backupFolder = backups == null
                ? home.defaultBackups()
                : backups.toAbsolutePath().normalize();
        Start start = new Start(cli, new Controller(home, Installations.STANDALONE));
        return start.run(folder, progress -> {
            Plan plan = Plans.standalone(folder, backupFolder, host, port, grpcPort);
            Ports.requireFree(plan.processes(), host, Map.of("http", "--port N", "grpc", "--grpc-port N"));
            return new Programs(home, cli.environment(), progress).complete(plan);
        });
    }
}
