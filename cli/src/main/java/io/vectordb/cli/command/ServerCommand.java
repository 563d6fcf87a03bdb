package io.vectordb.cli.command;

import io.vectordb.cli.rest.Json;
import io.vectordb.cli.rest.RestAnswer;
import io.vectordb.cli.rest.RestClient;
import io.vectordb.cli.rest.Retries;
import io.vectordb.cli.terminal.Durations;
import io.vectordb.cli.terminal.OutputMode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A verb that calls the server. */
abstract class ServerCommand implements Callable<Integer> {

    private final Cli cli;

    ServerCommand(Cli cli) {
        this.cli = cli;
    }

    final Cli cli() {
        return cli;
    }

    /** Prints the answer as it is, or what it says to people. */
    final void show(RestAnswer answer, Supplier<List<String>> lines) {
        if (cli.output() == OutputMode.table) {
            lines.get().forEach(cli.console()::print);
        } else {
            new Results(cli).one(answer);
        }
    }

    /** All pages of a list, each shown as it comes. */
    final void pages(String path, BiConsumer<Results, RestAnswer> show) {
        try (RestClient client = cli.client(Retries.SHORT)) {
            String cursor = "";
            do {
                RestAnswer answer =
                        client.get(path + (path.contains("?") ? "&" : "?") + "cursor=" + RestClient.encode(cursor));
                show.accept(new Results(cli), answer);
                cursor = answer.json().path("next_cursor").asString("");
            } while (!cursor.isEmpty());
        }
    }

    /** A request that has the time that {@code --timeout} gives. */
    final ObjectNode request(Duration otherwise) {
        return Json.object().put("timeout", Durations.json(cli.timeout().orElse(otherwise)));
    }

    /** For calls that may take so long when {@code --timeout} does not say how long. */
    final RestClient client(Duration time) {
        return cli.client(Retries.SHORT, cli.timeout().orElse(time).plusSeconds(5));
    }

    /** Makes a call that starts work, and answers the end of it. */
    final RestAnswer await(String method, String path, Optional<JsonNode> body) {
        try (RestClient client = cli.client(Retries.SHORT)) {
            return OperationWait.until(cli, client, client.change(method, path, body));
        }
    }
}
