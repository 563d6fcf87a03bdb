package io.vectordb.gateway.rest;

import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Where in an HTTP request the members of its message came from, so that errors point there.
 *
 * @param parameters members that stand in the path or the query
 * @param toBody from the path of a member in the message to its path in the body
 */
record ErrorPlace(Set<String> parameters, UnaryOperator<String> toBody) {

    /** Everything stands in the body as it is in the message. */
    static final ErrorPlace BODY = new ErrorPlace(Set.of(), UnaryOperator.identity());

    ErrorPlace {
        parameters = Set.copyOf(parameters);
    }

    static ErrorPlace parameters(Set<String> parameters) {
        return new ErrorPlace(parameters, UnaryOperator.identity());
    }

    boolean isParameter(String path) {
        return parameters.contains(path);
    }

    /** The JSON Pointer of RFC 6901, as a URI fragment: {@code #/records/0/text_vec}. */
    static String pointer(String path) {
        return path.isEmpty()
                ? "#"
                : "#/" + path.replace("~", "~0").replace("/", "~1").replace('.', '/');
    }
}
