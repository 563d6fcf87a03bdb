package io.vectordb.cli.command;

import io.vectordb.cli.local.Home;
import io.vectordb.cli.local.Installations;
import io.vectordb.cli.local.LogTail;
import io.vectordb.cli.local.RunFolder;
import io.vectordb.cli.terminal.CliException;
import io.vectordb.cli.terminal.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints logs of the servers on this machine, also of those that have ended. */
@Command(name = "logs", description = "Print the last lines of the logs.")
final class LogsCommand implements Callable<Integer> {

    private static final long POLL_MILLIS = 200;

    private final Cli cli;

    @Parameters(
            arity = "0..1",
            paramLabel = "SERVICE",
            description = "Node such as storage-2, or service; all unless given.")
    private @Nullable String service;

    @Option(
            names = {"-f", "--follow"},
            description = "Go on with what is added.")
    private boolean follow;

    @Option(
            names = {"-n", "--lines"},
            paramLabel = "N",
            defaultValue = "50",
            description = "Lines of each log (${DEFAULT-VALUE}).")
    private int lines;

    LogsCommand(Cli cli) {
        this.cli = cli;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<Path> logs = logs();
        List<LogFollower> followers = new ArrayList<>();
        for (Path log : logs) {
            String prefix = logs.size() == 1 ? "" : name(log) + " | ";
            followers.add(new LogFollower(log, line -> cli.console().print(prefix + line)));
            LogTail.lines(log, lines).forEach(line -> cli.console().print(prefix + line));
        }
        while (follow) {
            boolean any = false;
            for (LogFollower follower : followers) {
                any |= follower.poll();
            }
            if (!any) {
                Thread.sleep(POLL_MILLIS);
            }
        }
        return ExitCode.DONE.number();
    }

    /** Of the installation that runs, else of the embedded server, else of the local cluster. */
    private List<Path> logs() throws IOException {
        Home home = cli.home();
        List<RunFolder> folders = Stream.of(Installations.STANDALONE, Installations.CLUSTER)
                .map(home::run)
                .sorted((a, b) -> Boolean.compare(runs(b), runs(a)))
                .toList();
        List<String> known = new ArrayList<>();
        for (RunFolder folder : folders) {
            List<Path> logs = below(folder);
            logs.forEach(log -> known.add(name(log)));
            List<Path> wanted = logs.stream().filter(this::isWanted).toList();
            if (!wanted.isEmpty()) {
                return wanted;
            }
        }
        throw new CliException(
                ExitCode.NOT_FOUND,
                known.isEmpty() || service == null
                        ? "there are no logs; nothing has been started here"
                        : "there is no log of " + service + "; there are " + String.join(", ", known));
    }

    private static boolean runs(RunFolder folder) {
        return folder.state().map(state -> state.isSupervised()).orElse(false);
    }

    private boolean isWanted(Path log) {
        String name = name(log);
        if (service == null) {
            return !name.equals("supervisor");
        }
        return name.equals(service) || name.replaceAll("-\\d+$", "").equals(kind(service));
    }

    /** Nodes are called by the short name of their service. */
    private static String kind(String service) {
        return switch (service) {
            case "storage-node" -> "storage";
            case "index-node" -> "index";
            case "query-coordinator" -> "coordinator";
            default -> service;
        };
    }

    private static List<Path> below(RunFolder folder) throws IOException {
        if (!Files.isDirectory(folder.path())) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder.path())) {
            return files.filter(file -> file.getFileName().toString().endsWith(".log"))
                    .sorted()
                    .toList();
        }
    }

    private static String name(Path log) {
        return log.getFileName().toString().replaceAll("\\.log$", "");
    }
}
