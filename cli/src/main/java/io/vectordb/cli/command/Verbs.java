package io.vectordb.cli.command;

import io.vectordb.cli.local.Installations;
import io.vectordb.cli.terminal.CliException;
import io.vectordb.cli.terminal.Console;
import io.vectordb.cli.terminal.Durations;
import io.vectordb.cli.terminal.ExitCode;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/** The table of verbs, and what happens around each: one line for an error, an exit code for everything. */
public final class Verbs {

    /** Of releases to come. */
    private static final List<String> LATER = List.of("sql", "migrate", "operations");

    private Verbs() {}

    /** Runs the program with these arguments. */
    public static int run(Console console, Map<String, String> environment, String... arguments) {
        CommandLine root = commandLine(new Cli(console, environment), console);
        if (arguments.length == 0) {
            root.usage(console.err());
            return ExitCode.USAGE.number();
        }
        return root.execute(arguments);
    }

    private static CommandLine commandLine(Cli cli, Console console) {
        CommandLine root = new CommandLine(cli)
                .addSubcommand(new UpCommand(cli))
                .addSubcommand(new DownCommand(cli))
                .addSubcommand(new StatusCommand(cli, List.of(Installations.STANDALONE, Installations.CLUSTER)))
                .addSubcommand(new LogsCommand(cli))
                .addSubcommand(LocalClusterCommand.commandLine(cli))
                .addSubcommand(new LoadCommand(cli))
                .addSubcommand(new SearchCommand(cli))
                .addSubcommand(CollectionsCommand.commandLine(cli))
                .addSubcommand(RecordsCommand.commandLine(cli))
                .addSubcommand(new IngestCommand(cli))
                .addSubcommand(BackupCommand.commandLine(cli))
                .addSubcommand(AdminCommand.commandLine(cli))
                .addSubcommand(new TestCommand())
                .addSubcommand(new BenchCommand())
                .addSubcommand(new VersionCommand(cli))
                .addSubcommand(new CompletionCommand(cli));
        LATER.forEach(verb -> root.addSubcommand(verb, new LaterCommand(verb)));
        root.registerConverter(Duration.class, Durations::parse);
        root.setCaseInsensitiveEnumValuesAllowed(true);
        root.setOut(new PrintWriter(console.out(), true));
        root.setErr(new PrintWriter(console.err(), true));
        root.setUsageHelpWidth(Math.max(80, Math.min(120, console.width())));
        root.setParameterExceptionHandler((e, args) -> wrongUsage(console, e));
        root.setExecutionExceptionHandler((e, command, parsed) -> failed(console, cli, e));
        return root;
    }

    private static int wrongUsage(Console console, CommandLine.ParameterException e) {
        CommandLine command = e.getCommandLine();
        console.error(String.valueOf(e.getMessage()).replace('\n', ' '));
        console.say("see ./" + command.getCommandSpec().qualifiedName() + " --help");
        return ExitCode.USAGE.number();
    }

    private static int failed(Console console, Cli cli, Exception e) {
        CliException failure =
                e instanceof CliException known ? known : new CliException(ExitCode.INTERNAL, "internal error: " + e);
        console.error(failure.getMessage());
        failure.details().forEach(console::say);
        if (cli.verbose() && failure != e) {
            e.printStackTrace(console.err());
        }
        return failure.exitCode().number();
    }
}
