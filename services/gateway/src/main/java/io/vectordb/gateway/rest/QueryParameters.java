package io.vectordb.gateway.rest;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.common.Violation;
import io.vectordb.gateway.api.NearNames;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The parameters of a query string; each once. */
final class QueryParameters {

    private final Map<String, String> values = new LinkedHashMap<>();

    /** @throws VectorDbException {@code INVALID_VALUE} when one is malformed or stands twice */
    QueryParameters(@Nullable String rawQuery) {
        if (rawQuery == null || rawQuery.isEmpty()) {
            return;
        }
        for (String pair : rawQuery.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = decode(equals < 0 ? pair : pair.substring(0, equals), pair);
            String value = equals < 0 ? "" : decode(pair.substring(equals + 1), name);
            if (values.putIfAbsent(name, value) != null) {
                throw invalid(name, "the parameter stands twice");
            }
        }
    }

    Set<String> names() {
        return values.keySet();
    }

    Optional<String> get(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /** @throws VectorDbException {@code UNKNOWN_MEMBER} when one is not among those the route takes */
    void allowOnly(Collection<String> allowed) {
        for (String name : values.keySet()) {
            if (!allowed.contains(name)) {
                String message = "the route takes no parameter " + name;
                Violation violation =
                        new Violation(name, ErrorCode.UNKNOWN_MEMBER, message, NearNames.hint(name, allowed));
                throw new VectorDbException(ErrorCode.UNKNOWN_MEMBER, message, Map.of(), List.of(violation), null);
            }
        }
    }

    private static String decode(String encoded, String name) {
        try {
            return PercentEncoding.decode(encoded, true);
        } catch (IllegalArgumentException e) {
            throw invalid(name, String.valueOf(e.getMessage()));
        }
    }

    private static VectorDbException invalid(String name, String message) {
        return VectorDbException.of(new Violation(name, ErrorCode.INVALID_VALUE, message));
    }
}
