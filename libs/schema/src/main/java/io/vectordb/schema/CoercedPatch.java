package io.vectordb.schema;

import io.vectordb.internal.storage.v1.FieldPath;
import io.vectordb.internal.storage.v1.PathValue;
import io.vectordb.v1.Field;
import io.vectordb.v1.RecordKey;
import java.util.List;

/**
 * A patch in its canonical form. No path is a part of another one, so their order does not matter.
 *
 * @param key which record
 * @param set the values to set, each as its field's type has it
 * @param unset what to remove
 * @param create whether the record is made where there is none
 * @param newFields complete fields, to be added to the schema before the patch is stored
 */
public record CoercedPatch(
        RecordKey key, List<PathValue> set, List<FieldPath> unset, boolean create, List<Field> newFields) {

    public CoercedPatch {
        set = List.copyOf(set);
        unset = List.copyOf(unset);
        newFields = List.copyOf(newFields);
    }
}
