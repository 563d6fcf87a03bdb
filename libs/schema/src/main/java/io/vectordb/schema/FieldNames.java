package io.vectordb.schema;

import io.vectordb.common.Limits;
import java.util.Optional;

/** The names that fields may have: any text up to 256 bytes, but for a leading {@code _}, which is the system's. */
final class FieldNames {

    private FieldNames() {}

    /** What is wrong with a name; nothing if it is good. */
    static Optional<String> fault(String name) {
        int bytes = Texts.utf8Length(name);
        if (name.isEmpty()) {
            return Optional.of("a field needs a name");
        }
        if (bytes < 0) {
            return Optional.of("a name holds a lone surrogate");
        }
        if (bytes > Limits.FIELD_NAME_BYTES) {
            return Optional.of("expected a name of at most " + Limits.FIELD_NAME_BYTES + " bytes, received " + bytes);
        }
        if (name.startsWith("_")) {
            return Optional.of(Texts.quoted(name) + " begins with _, which is the system's");
        }
        return Optional.empty();
    }
}
