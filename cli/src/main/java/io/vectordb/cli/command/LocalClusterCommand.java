package io.vectordb.cli.command;

import io.vectordb.cli.local.Controller;
import io.vectordb.cli.local.Home;
import io.vectordb.cli.local.Installations;
import io.vectordb.cli.local.Plan;
import io.vectordb.cli.local.Plans;
import io.vectordb.cli.local.Ports;
import io.vectordb.cli.local.ProcessState;
import io.vectordb.cli.local.Programs;
import io.vectordb.cli.terminal.CliException;
import io.vectordb.cli.terminal.ExitCode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A process per service on this machine. */
@Command(
        name = "local-cluster",
        description = "Run one process per service on this machine.",
        synopsisSubcommandLabel = "VERB")
final class LocalClusterCommand {

    private LocalClusterCommand() {}

    static CommandLine commandLine(Cli cli) {
        return new CommandLine(new LocalClusterCommand())
                .addSubcommand(new Up(cli))
                .addSubcommand("status", new StatusCommand(cli, List.of(Installations.CLUSTER)))
                .addSubcommand(new Kill(cli))
                .addSubcommand(new Stop(cli))
                .addSubcommand("scale", new LaterCommand("local-cluster scale"));
    }

    /** Starts the cluster. */
    @Command(
            name = "up",
            description = "Start the cluster, wait until every node is ready, print where it is.",
            footerHeading = "%nPorts, all on 127.0.0.1, with --base-port 9200:%n",
            footer = {
                "  gateway          8080 REST and probes, 9090 gRPC",
                "  metadata-1 …     9201 … probes, 9301 … calls, 9401 … Raft",
                "  storage-1, -2 …  9211, 9212 … probes, 9311 … calls, 9411 … Raft",
                "  index-1 …        9221 … probes, 9321 … calls",
                "  coordinator-1    9231 probes, 9331 calls"
            })
    static final class Up implements Callable<Integer> {

        private static final int MAX_NODES = 9;

        private final Cli cli;

        @Option(
                names = "--storage",
                paramLabel = "N",
                defaultValue = "3",
                description = "Storage nodes (${DEFAULT-VALUE}); up to three replicas.")
        private int storage;

        @Option(
                names = "--index",
                paramLabel = "N",
                defaultValue = "1",
                description = "Index nodes (${DEFAULT-VALUE}).")
        private int index;

        @Option(names = "--gateways", paramLabel = "N", defaultValue = "1", description = "Gateways (only 1 yet).")
        private int gateways;

        @Option(
                names = "--coordinators",
                paramLabel = "N",
                defaultValue = "1",
                description = "Coordinators (only 1 yet).")
        private int coordinators;

        @Option(
                names = "--metadata",
                paramLabel = "N",
                defaultValue = "1",
                description = "Metadata nodes: 1, 3 or 5 (${DEFAULT-VALUE}); chosen at the first start.")
        private int metadata;

        @Option(
                names = "--port",
                paramLabel = "N",
                defaultValue = "" + UpCommand.REST_PORT,
                description = "Port of REST (${DEFAULT-VALUE}).")
        private int port;

        @Option(
                names = "--grpc-port",
                paramLabel = "N",
                defaultValue = "" + UpCommand.GRPC_PORT,
                description = "Port of gRPC (${DEFAULT-VALUE}).")
        private int grpcPort;

        @Option(
                names = "--base-port",
                paramLabel = "N",
                defaultValue = "9200",
                description = "Begin of the ports between the nodes, N to N+249 (${DEFAULT-VALUE}).")
        private int basePort;

        @Option(names = "--data", paramLabel = "DIR", description = "Data folder (.vectordb/cluster).")
        private @Nullable Path data;

        @Option(names = "--backups", paramLabel = "DIR", description = "Folder for backups (.vectordb/backups).")
        private @Nullable Path backups;

        Up(Cli cli) {
            this.cli = cli;
        }

        @Override
        public Integer call() throws Exception {
            requireCounts();
            Home home = cli.home();
            Path folder = data == null
                    ? home.defaultData(Installations.CLUSTER)
                    : data.toAbsolutePath().normalize();
            Path backupFolder = backups == null
                    ? home.defaultBackups()
                    : backups.toAbsolutePath().normalize();
            Start start = new Start(cli, new Controller(home, Installations.CLUSTER));
            return start.run(folder, steps -> {
                Plan plan = Plans.cluster(
                        folder,
                        backupFolder,
                        new Plans.ClusterSize(metadata, storage, index, port, grpcPort, basePort));
                Ports.requireFree(
                        plan.processes(),
                        "127.0.0.1",
                        Map.of("grpc", "--grpc-port N", "http", "--port N or --base-port N"));
                return new Programs(home, cli.environment(), steps).complete(plan);
            });
        }

        private void requireCounts() {
            if (gateways != 1 || coordinators != 1) {
                throw CliException.notAvailable("more than one gateway or coordinator");
            }
            if (metadata != 1 && metadata != 3 && metadata != 5) {
                throw new CliException(ExitCode.USAGE, "--metadata takes 1, 3 or 5 nodes, received " + metadata);
            }
            if (storage < 1 || storage > MAX_NODES || index < 1 || index > MAX_NODES) {
                throw new CliException(ExitCode.USAGE, "--storage and --index take 1 to " + MAX_NODES + " nodes");
            }
        }
    }

    /** Kills a node. */
    @Command(name = "kill", description = "Kill a node at once (SIGKILL); its supervisor starts it again.")
    static final class Kill implements Callable<Integer> {

        private final Cli cli;

        @Parameters(paramLabel = "NODE", description = "Such as storage-2; ./vectordb local-cluster status lists them.")
        private String node = "";

        Kill(Cli cli) {
            this.cli = cli;
        }

        @Override
        public Integer call() {
            ProcessState killed = new Controller(cli.home(), Installations.CLUSTER).kill(node);
            cli.say("killed " + killed.node() + " (pid " + killed.pid() + ")");
            return ExitCode.DONE.number();
        }
    }

    /** Stops the cluster. */
    @Command(name = "stop", aliases = "down", description = "Stop the cluster; what was written stays.")
    static final class Stop implements Callable<Integer> {

        private final Cli cli;

        Stop(Cli cli) {
            this.cli = cli;
        }

        @Override
        public Integer call() {
            boolean stopped = new Controller(cli.home(), Installations.CLUSTER).stop(cli::say);
            cli.say(stopped ? "stopped" : "the local cluster is not running");
            return ExitCode.DONE.number();
        }
    }
}
