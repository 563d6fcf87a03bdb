package io.vectordb.benchmarks.engine;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One line between the benchmark and an engine's process: a verb and named values, with tabs between them.
 *
 * <p>A request is answered by one line: {@code info}, {@code built}, {@code searched}, {@code filtered} or
 * {@code grown}; or {@code unsupported} or {@code error} with a {@code message}.
 */
public record Message(String verb, Map<String, String> values) {

    public Message {
        values = new LinkedHashMap<>(values);
    }

    public Message(String verb) {
        this(verb, Map.of());
    }

    public static Message parse(String line) {
        String[] parts = line.split("\t");
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 1; i < parts.length; i++) {
            int equals = parts[i].indexOf('=');
            if (equals < 1) {
                throw new VectorDbException(
                        ErrorCode.INTERNAL, "expected name=value in a line of the protocol, received " + parts[i]);
            }
            values.put(parts[i].substring(0, equals), parts[i].substring(equals + 1));
        }
        return new Message(parts[0], values);
    }

    /** The line, without its end. */
    public String line() {
        StringBuilder line = new StringBuilder(verb);
        values.forEach(
                (name, value) -> line.append('\t').append(name).append('=').append(value.replaceAll("[\t\r\n]+", " ")));
        return line.toString();
    }

    /** The same with one value more. */
    public Message with(String name, Object value) {
        Message more = new Message(verb, values);
        more.values.put(name, String.valueOf(value));
        return more;
    }

    public String text(String name) {
        String value = values.get(name);
        if (value == null) {
            throw new VectorDbException(ErrorCode.INTERNAL, "expected a value of " + name + " in: " + line());
        }
        return value;
    }

    public long number(String name) {
        return Long.parseLong(text(name));
    }

    public double decimal(String name) {
        return Double.parseDouble(text(name));
    }
}
