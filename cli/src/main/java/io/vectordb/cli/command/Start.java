package io.vectordb.cli.command;

import io.vectordb.cli.local.Controller;
import io.vectordb.cli.local.Installations;
import io.vectordb.cli.local.Plan;
import io.vectordb.cli.local.RunState;
import io.vectordb.cli.local.Steps;
import io.vectordb.cli.terminal.CliException;
import io.vectordb.cli.terminal.Durations;
import io.vectordb.cli.terminal.ExitCode;
import io.vectordb.cli.terminal.ProgressLine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Function;

/** What both {@code up} verbs do: check, prepare, start, wait, tell. */
final class Start {

    private static final Duration READY = Duration.ofMinutes(10);

    private final Cli cli;
    private final Controller controller;

    Start(Cli cli, Controller controller) {
        this.cli = cli;
        this.controller = controller;
    }

    /** @param plan makes the plan, checking that it can be carried out */
    int run(Path data, Function<Steps, Plan> plan) throws Exception {
        long began = System.nanoTime();
        try (AutoCloseable lock = controller
                .folder()
                .lock()
                .orElseThrow(() -> new CliException(
                        ExitCode.CONFLICT, "another ./vectordb is starting or stopping the same at this moment"))) {
            controller.running().ifPresent(this::refuse);
            controller.cleanUp(cli::say);
            Controller.requireWritable(data);
            try (ProgressLine line = new ProgressLine(cli.console(), cli.quiet())) {
                Plan made = plan.apply(steps(line));
                controller.launch(made);
                RunState state = awaitReady(line);
                line.close();
                report(state, Duration.ofNanos(System.nanoTime() - began));
            }
        }
        return ExitCode.DONE.number();
    }

    private RunState awaitReady(ProgressLine line) {
        Thread told = Thread.ofPlatform()
                .unstarted(() -> line.say("interrupted; it goes on starting: see ./vectordb status"));
        Runtime.getRuntime().addShutdownHook(told);
        try {
            return controller.awaitReady(cli.timeout().orElse(READY), line::show);
        } finally {
            Runtime.getRuntime().removeShutdownHook(told);
        }
    }

    private void refuse(RunState running) {
        boolean ready = running.processes().stream()
                .allMatch(process -> controller.readiness(process).ready());
        throw new CliException(
                ExitCode.CONFLICT,
                Installations.title(running.name()) + (ready ? " runs already" : " is starting already") + " at "
                        + running.restUrl() + " (pid " + running.supervisorPid() + ", data in " + running.dataDir()
                        + "); stop it with " + Installations.stopCommand(running.name()));
    }

    private static Steps steps(ProgressLine line) {
        return new Steps() {
            @Override
            public void begin(String what) {
                line.say(what);
            }

            @Override
            public void note(String what) {
                line.say(what);
            }
        };
    }

    private void report(RunState state, Duration took) {
        cli.say("ready in " + Durations.text(took));
        cli.console().print("REST  " + state.restUrl());
        cli.console().print("gRPC  " + state.grpcAddress());
        cli.say("data  " + state.dataDir());
    }
}
