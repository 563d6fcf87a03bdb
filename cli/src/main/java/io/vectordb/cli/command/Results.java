package io.vectordb.cli.command;

import io.vectordb.cli.rest.Json;
import io.vectordb.cli.rest.RestAnswer;
import io.vectordb.cli.terminal.Console;
import io.vectordb.cli.terminal.Csv;
import io.vectordb.cli.terminal.OutputMode;
import io.vectordb.cli.terminal.TextTable;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/** Prints answers in the mode that was asked for. */
final class Results {

    private final Console console;
    private final OutputMode mode;

    Results(Cli cli) {
        this.console = cli.console();
        this.mode = cli.output();
    }

    /** One thing: its members as a table of names and values. */
    void one(RestAnswer answer) {
        switch (mode) {
            case json -> body(answer);
            case ndjson -> console.print(Json.write(answer.json()));
            case csv -> rows(List.of(answer.json()));
            case table -> {
                TextTable table = new TextTable(List.of("name", "value"));
                answer.json()
                        .properties()
                        .forEach(each -> table.add(List.of(each.getKey(), Json.cell(each.getValue()))));
                table.lines(console).forEach(console::print);
            }
        }
    }

    /** A list of things, each a row; columns are the members they have, in the order of first sight. */
    void list(RestAnswer answer, Iterable<JsonNode> items) {
        switch (mode) {
            case json -> body(answer);
            case ndjson -> items.forEach(item -> console.print(Json.write(item)));
            case csv, table -> rows(items);
        }
    }

    /** A table of its own for people, the whole things for programs. */
    void list(RestAnswer answer, Iterable<JsonNode> items, TextTable table) {
        if (mode == OutputMode.table) {
            table.lines(console).forEach(console::print);
        } else {
            list(answer, items);
        }
    }

    private void rows(Iterable<JsonNode> items) {
        Set<String> columns = new LinkedHashSet<>();
        items.forEach(item -> columns.addAll(item.propertyNames()));
        List<List<String>> cells = StreamSupport.stream(items.spliterator(), false)
                .map(item ->
                        columns.stream().map(name -> Json.cell(item.path(name))).toList())
                .toList();
        if (columns.isEmpty()) {
            return;
        }
        if (mode == OutputMode.csv) {
            console.print(Csv.line(List.copyOf(columns)));
            cells.forEach(row -> console.print(Csv.line(row)));
        } else {
            TextTable table = new TextTable(List.copyOf(columns));
            cells.forEach(table::add);
            table.lines(console).forEach(console::print);
        }
    }

    /** The body as it came; a line end is added where it has none. */
    void body(RestAnswer answer) {
        console.print(answer.body().stripTrailing());
    }
}
