package io.vectordb.cli.command;

import io.vectordb.cli.terminal.CliException;
import io.vectordb.cli.terminal.ExitCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints a script that makes a shell complete verbs and flags. */
@Command(name = "completion", description = "Print the completions of a shell: source <(./vectordb completion bash)")
final class CompletionCommand implements Callable<Integer> {

    private final Cli cli;

    @Parameters(paramLabel = "SHELL", description = "bash, zsh or fish.")
    private String shell = "";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    CompletionCommand(Cli cli) {
        this.cli = cli;
    }

    @Override
    public Integer call() {
        CommandLine root = spec.root().commandLine();
        switch (shell) {
            // Picocli's script serves both: in zsh it loads zsh's emulation of bash completions.
            case "bash", "zsh" -> cli.console().print(AutoComplete.bash("vectordb", root));
            case "fish" -> fish(root).forEach(cli.console()::print);
            default -> throw new CliException(ExitCode.USAGE, "SHELL is bash, zsh or fish, not " + shell);
        }
        return ExitCode.DONE.number();
    }

    private static List<String> fish(CommandLine root) {
        List<String> lines = new ArrayList<>();
        fish(root, "__fish_use_subcommand", lines);
        return lines;
    }

    private static void fish(CommandLine command, String condition, List<String> lines) {
        for (Map.Entry<String, CommandLine> verb : command.getSubcommands().entrySet()) {
            CommandSpec spec = verb.getValue().getCommandSpec();
            if (spec.usageMessage().hidden()) {
                continue;
            }
            lines.add("complete -c vectordb -f -n '" + condition + "' -a " + verb.getKey()
                    + description(spec.usageMessage().description()));
            String seen = "__fish_seen_subcommand_from " + verb.getKey();
            for (OptionSpec option : spec.options()) {
                lines.add("complete -c vectordb -n '" + seen + "'" + names(option) + description(option.description()));
            }
            fish(verb.getValue(), seen, lines);
        }
    }

    private static String names(OptionSpec option) {
        StringBuilder names = new StringBuilder();
        for (String name : option.names()) {
            names.append(name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.substring(1));
        }
        return names.append(option.arity().max() > 0 ? " -r" : "").toString();
    }

    private static String description(String... lines) {
        return lines.length == 0
                ? ""
                : " -d '" + lines[0].replace("'", "\\'").replace("${DEFAULT-VALUE}", "default") + "'";
    }
}
