package io.vectordb.cli.command;

import io.vectordb.cli.rest.Json;
import io.vectordb.cli.rest.RestClient;
import io.vectordb.cli.terminal.CliException;
import io.vectordb.cli.terminal.ExitCode;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** Keys of records, which a command line has as text and a request as text or number. */
final class Keys {

    private Keys() {}

    static String path(String collection, String key) {
        return CollectionsCommand.path(collection) + "/records/" + RestClient.encode(key);
    }

    /** Typed as the collection's key column is. */
    static ArrayNode typed(RestClient client, String collection, List<String> keys) {
        JsonNode schema = client.get(CollectionsCommand.path(collection)).json().path("schema");
        String column = schema.path("primary_key").path(0).asString("");
        boolean isNumber = false;
        for (JsonNode field : schema.path("fields")) {
            isNumber |= field.path("name").asString("").equals(column)
                    && field.path("type").asString("").startsWith("int");
        }
        ArrayNode typed = Json.array();
        for (String key : keys) {
            if (isNumber) {
                typed.add(number(key));
            } else {
                typed.add(key);
            }
        }
        return typed;
    }

    private static long number(String key) {
        try {
            return Long.parseLong(key);
        } catch (NumberFormatException e) {
            throw new CliException(ExitCode.USAGE, "the keys of this collection are integers, " + key + " is none");
        }
    }
}
