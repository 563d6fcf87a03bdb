package io.vectordb.query;

import io.vectordb.v1.Condition;
import java.util.List;
import java.util.Optional;

/**
 * A filter that fits a schema.
 *
 * @param condition what must hold; empty: every record passes. Its names are spelt as the fields are, its values are of
 *     the types of their fields, and it has neither expressions nor lists of fewer than two conditions
 * @param warnings what is allowed and probably not meant, such as names that no record has
 */
public record ResolvedFilter(Optional<Condition> condition, List<String> warnings) {

    public ResolvedFilter {
        warnings = List.copyOf(warnings);
    }
}
