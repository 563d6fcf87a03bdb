package io.vectordb.cli.command;

import io.vectordb.cli.rest.Json;
import io.vectordb.cli.terminal.CliException;
import io.vectordb.cli.terminal.ExitCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The flags of every verb that chooses records: filter, parameters, fields. */
final class Query {

    @Option(
            names = {"-w", "--where"},
            paramLabel = "FILTER",
            description = "Condition in SQL, such as \"form = '10-K'\".")
    private @Nullable String where;

    @Option(
            names = {"-p", "--param"},
            paramLabel = "NAME=VALUE",
            description =
                    "A parameter: :NAME of the filter, or $1 when the name is a number. The value is read as JSON, else as text.")
    private Map<String, String> params = new LinkedHashMap<>();

    @Option(
            names = {"-s", "--select"},
            paramLabel = "FIELD",
            split = ",",
            description = "Fields to give back, separated by commas.")
    private List<String> select = new ArrayList<>();

    List<String> select() {
        return List.copyOf(select);
    }

    boolean hasFilter() {
        return where != null;
    }

    void addFilter(ObjectNode request) {
        if (where != null) {
            request.put("filter", where);
        }
        Map<Integer, JsonNode> numbered = new TreeMap<>();
        ObjectNode named = Json.object();
        params.forEach((name, value) -> {
            if (name.matches("\\d{1,4}")) {
                numbered.put(Integer.parseInt(name), value(value));
            } else {
                named.set(name, value(value));
            }
        });
        if (!numbered.isEmpty()) {
            request.set("params", inOrder(numbered));
        }
        if (!named.isEmpty()) {
            request.set("named_params", named);
        }
    }

    private static ArrayNode inOrder(Map<Integer, JsonNode> numbered) {
        ArrayNode list = Json.array();
        numbered.forEach((number, value) -> {
            if (number != list.size() + 1) {
                throw new CliException(
                        ExitCode.USAGE, "parameter $" + (list.size() + 1) + " is missing; they are counted from 1");
            }
            list.add(value);
        });
        return list;
    }

    void addSelect(ObjectNode request) {
        if (!select.isEmpty()) {
            ArrayNode names = request.putArray("select");
            select.forEach(names::add);
        }
    }

    /** JSON where the text is some, else the text. */
    static JsonNode value(String text) {
        try {
            return Json.parse(text);
        } catch (JacksonException e) {
            return Json.text(text);
        }
    }
}
