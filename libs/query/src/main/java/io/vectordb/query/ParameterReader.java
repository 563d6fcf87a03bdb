package io.vectordb.query;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.common.Violation;
import io.vectordb.v1.Value;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;

/** Hands out the parameters of one request and remembers which were asked for. Not safe for threads. */
final class ParameterReader {

    private final Parameters parameters;
    private final BitSet usedPositions = new BitSet();
    private final Set<String> usedNames = new HashSet<>();

    ParameterReader(Parameters parameters) {
        this.parameters = parameters;
    }

    /** The value of {@code $digits}. */
    Value positional(String digits, Place place) {
        int count = parameters.positional().size();
        String given = parameters.named().isEmpty()
                ? count + (count == 1 ? " parameter is given" : " parameters are given")
                : "the parameters given have names";
        int number = digits.length() > 9 ? Integer.MAX_VALUE : Integer.parseInt(digits);
        if (number < 1 || number > count) {
            String hint = number == 0 ? "parameters count from $1" : "";
            throw mismatch(place, "$" + Words.brief(digits) + " has no value: " + given, hint);
        }
        usedPositions.set(number - 1);
        return parameters.positional().get(number - 1);
    }

    /** The value of {@code :name}. */
    Value named(String name, Place place) {
        Value value = parameters.named().get(name);
        if (value == null) {
            String given = parameters.positional().isEmpty()
                    ? "given are " + (parameters.named().isEmpty() ? "none" : allNames())
                    : "the parameters given have no names";
            throw mismatch(place, ":" + Words.brief(name) + " has no value: " + Words.brief(given), "");
        }
        usedNames.add(name);
        return value;
    }

    /** Refuses parameters that no text asked for. */
    void checkAllUsed() {
        int unused = usedPositions.nextClearBit(0);
        if (unused < parameters.positional().size()) {
            throw unused("params." + unused, "$" + (unused + 1));
        }
        for (String name : new TreeSet<>(parameters.named().keySet())) {
            if (!usedNames.contains(name)) {
                throw unused("named_params." + name, ":" + name);
            }
        }
    }

    private String allNames() {
        return String.join(", ", new TreeSet<>(parameters.named().keySet()));
    }

    private static VectorDbException mismatch(Place place, String message, String hint) {
        return place.fault(ErrorCode.PARAMETER_MISMATCH, message, hint);
    }

    private static VectorDbException unused(String path, String written) {
        return VectorDbException.of(
                new Violation(path, ErrorCode.PARAMETER_MISMATCH, "the filter does not use " + Words.brief(written)));
    }
}
