package io.vectordb.query;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.Limits;
import io.vectordb.common.VectorDbException;
import io.vectordb.common.Violation;
import io.vectordb.v1.Value;
import java.util.List;
import java.util.Map;

/**
 * The values that stand for {@code $1} and {@code :name} in filter texts. They are values, never text: nothing in them
 * is read as part of the language.
 *
 * @param positional {@code $1} is the first
 * @param named by name without the colon, exactly so
 */
public record Parameters(List<Value> positional, Map<String, Value> named) {

    public static final Parameters NONE = new Parameters(List.of(), Map.of());

    /**
     * Checks what holds without the text.
     *
     * @throws VectorDbException PARAMETER_MISMATCH where both kinds are given; LIMIT_EXCEEDED for a list of more than
     *     65,536 values
     */
    public Parameters {
        positional = List.copyOf(positional);
        named = Map.copyOf(named);
        if (!positional.isEmpty() && !named.isEmpty()) {
            throw VectorDbException.of(new Violation(
                    "params",
                    ErrorCode.PARAMETER_MISMATCH,
                    "found " + positional.size() + " positional and " + named.size() + " named parameters",
                    "give either params or named_params"));
        }
        for (int i = 0; i < positional.size(); i++) {
            checkLength("params." + i, positional.get(i));
        }
        named.forEach((name, value) -> checkLength("named_params." + name, value));
    }

    public static Parameters of(Value... positional) {
        return new Parameters(List.of(positional), Map.of());
    }

    public static Parameters of(Map<String, Value> named) {
        return new Parameters(List.of(), named);
    }

    private static void checkLength(String path, Value value) {
        int length = value.getListValue().getItemsCount();
        if (length > Limits.PARAMETER_VALUES) {
            throw VectorDbException.of(new Violation(
                    path,
                    ErrorCode.LIMIT_EXCEEDED,
                    "a list of " + length + " values, at most " + Limits.PARAMETER_VALUES));
        }
    }
}
