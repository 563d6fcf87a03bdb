package io.vectordb.schema;

import io.vectordb.v1.Field;
import io.vectordb.v1.Fields;
import io.vectordb.v1.RecordKey;
import java.util.List;

/**
 * A record in its canonical form.
 *
 * @param key as the key column says
 * @param fields every value as its field's type has it, vectors as {@code float32_le}; the key column is among them
 * @param newFields complete fields, to be added to the schema before the record is stored
 */
public record Coerced(RecordKey key, Fields fields, List<Field> newFields) {

    public Coerced {
        newFields = List.copyOf(newFields);
    }
}
