package io.vectordb.cli.command;

import io.vectordb.cli.local.Controller;
import io.vectordb.cli.local.Installations;
import io.vectordb.cli.local.ProcessState;
import io.vectordb.cli.local.Readiness;
import io.vectordb.cli.local.RunState;
import io.vectordb.cli.rest.Json;
import io.vectordb.cli.terminal.Csv;
import io.vectordb.cli.terminal.Durations;
import io.vectordb.cli.terminal.ExitCode;
import io.vectordb.cli.terminal.TextTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import tools.jackson.databind.node.ObjectNode;

/** Tells how an installation on this machine is: 0 when all of it is ready, 3 otherwise. */
@Command(name = "status", description = "Tell how the servers on this machine are; exit code 3 unless they are ready.")
final class StatusCommand implements Callable<Integer> {

    private static final List<String> HEAD = List.of("service", "node", "pid", "ports", "state", "uptime", "restarts");

    private final Cli cli;
    private final List<String> installations;

    StatusCommand(Cli cli, List<String> installations) {
        this.cli = cli;
        this.installations = List.copyOf(installations);
    }

    @Override
    public Integer call() {
        boolean allReady = true;
        boolean any = false;
        for (String name : installations) {
            Controller controller = new Controller(cli.home(), name);
            Optional<RunState> state = controller.running();
            if (state.isPresent()) {
                any = true;
                allReady &= show(controller, state.get());
            } else {
                controller
                        .folder()
                        .state()
                        .map(RunState::failure)
                        .filter(why -> !why.isEmpty())
                        .ifPresent(
                                why -> cli.say("the last start of " + Installations.title(name) + " failed: " + why));
            }
        }
        if (!any) {
            cli.say(installations.stream().map(Installations::title).collect(Collectors.joining(" or "))
                    + " is not running; start with "
                    + (installations.contains(Installations.STANDALONE)
                            ? "./vectordb up"
                            : "./vectordb local-cluster up"));
        }
        return (any && allReady ? ExitCode.DONE : ExitCode.NO_SERVER).number();
    }

    private boolean show(Controller controller, RunState state) {
        boolean ready = true;
        List<List<String>> rows = new ArrayList<>();
        for (ProcessState process : state.processes()) {
            Readiness readiness = controller.readiness(process);
            ready &= readiness.ready();
            rows.add(row(process, readiness));
        }
        switch (cli.output()) {
            case table -> table(state, rows);
            case json -> cli.console().print(Json.write(json(state, rows, ready)));
            case ndjson -> rows.forEach(row -> cli.console().print(Json.write(object(row))));
            case csv -> {
                cli.console().print(Csv.line(HEAD));
                rows.forEach(row -> cli.console().print(Csv.line(row)));
            }
        }
        return ready;
    }

    private void table(RunState state, List<List<String>> rows) {
        TextTable table = new TextTable(HEAD);
        rows.forEach(table::add);
        table.lines(cli.console()).forEach(cli.console()::print);
        cli.console().print("REST  " + state.restUrl());
        cli.console().print("gRPC  " + state.grpcAddress());
        cli.console().print("data  " + state.dataDir());
        cli.console().print("logs  " + cli.home().run(state.name()).path());
    }

    private static ObjectNode json(RunState state, List<List<String>> rows, boolean ready) {
        ObjectNode json = Json.object()
                .put("name", state.name())
                .put("ready", ready)
                .put("rest_url", state.restUrl())
                .put("grpc_address", state.grpcAddress())
                .put("data_dir", state.dataDir())
                .put("supervisor_pid", state.supervisorPid());
        var processes = json.putArray("processes");
        rows.forEach(row -> processes.add(object(row)));
        return json;
    }

    private static ObjectNode object(List<String> row) {
        ObjectNode json = Json.object();
        for (int column = 0; column < HEAD.size(); column++) {
            json.put(HEAD.get(column), row.get(column));
        }
        return json;
    }

    private static List<String> row(ProcessState process, Readiness readiness) {
        boolean runs = process.process().isAlive();
        String uptime = runs
                ? Durations.text(Duration.ofMillis(Math.max(0, System.currentTimeMillis() - process.startedMillis())))
                : "";
        String ports = process.ports().entrySet().stream()
                .map((Map.Entry<String, Integer> each) -> each.getKey() + " " + each.getValue())
                .collect(Collectors.joining(", "));
        return List.of(
                process.service(),
                process.node(),
                runs ? Long.toString(process.pid()) : "",
                ports,
                readiness.detail(),
                uptime,
                Integer.toString(process.restarts()));
    }
}
