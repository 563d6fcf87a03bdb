package io.vectordb.schema;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.common.Violation;
import java.util.ArrayList;
import java.util.List;

/** The violations found so far, so that all are told at once. For one thread. */
final class Problems {

    /** One message of an error tells enough; a record of a million bad numbers must not make a million of them. */
    private static final int MOST = 100;

    private final List<Violation> violations = new ArrayList<>();

    void add(String path, ErrorCode code, String message) {
        add(path, code, message, "");
    }

    void add(String path, ErrorCode code, String message, String hint) {
        if (!isFull()) {
            violations.add(new Violation(path, code, message, hint));
        }
    }

    /** Takes over what a parser found, as seen from {@code path}. */
    void addAll(String path, VectorDbException found) {
        if (found.violations().isEmpty()) {
            add(path, found.code(), found.getMessage());
        }
        found.violations().stream()
                .map(violation -> path.isEmpty() ? violation : violation.under(path))
                .limit(MOST - violations.size())
                .forEach(violations::add);
    }

    /** Whether more would not be told; then it need not be found out what was meant. */
    boolean isFull() {
        return violations.size() >= MOST;
    }

    List<Violation> all() {
        return List.copyOf(violations);
    }

    /** @throws VectorDbException with every violation, if there is one */
    void throwIfAny() {
        if (!violations.isEmpty()) {
            throw VectorDbException.of(violations);
        }
    }
}
