package io.vectordb.query;

import io.vectordb.v1.Fields;
import io.vectordb.v1.ListValue;
import io.vectordb.v1.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A path ready to be followed through many records.
 *
 * <p>Through an array, it gives the array of what it finds in the elements, and nothing where none has it; arrays found
 * at its end are joined into one. Without arrays it allocates nothing.
 */
final class CompiledPath {

    private final String[] names;

    private CompiledPath(String[] names) {
        this.names = names;
    }

    static CompiledPath of(String path) {
        List<String> names = FieldRef.parse(path).names();
        return new CompiledPath(names.toArray(String[]::new));
    }

    /** What the path gives; null: it is not there. */
    @Nullable
    Value get(Fields row) {
        Value value = row.getValuesMap().get(names[0]);
        for (int i = 1; i < names.length && value != null; i++) {
            if (value.hasListValue()) {
                return gather(value.getListValue(), i);
            }
            value = value.hasObjectValue()
                    ? value.getObjectValue().getValuesMap().get(names[i])
                    : null;
        }
        return value;
    }

    private @Nullable Value gather(ListValue list, int from) {
        ListValue.Builder found = ListValue.newBuilder();
        gather(list, from, found);
        return found.getItemsCount() == 0
                ? null
                : Value.newBuilder().setListValue(found).build();
    }

    private void gather(ListValue list, int from, ListValue.Builder found) {
        for (Value item : list.getItemsList()) {
            gather(item, from, found);
        }
    }

    private void gather(Value item, int from, ListValue.Builder found) {
        if (item.hasListValue()) {
            if (from == names.length) {
                found.addAllItems(item.getListValue().getItemsList());
            } else {
                gather(item.getListValue(), from, found);
            }
        } else if (from == names.length) {
            found.addItems(item);
        } else if (item.hasObjectValue()) {
            Value next = item.getObjectValue().getValuesMap().get(names[from]);
            if (next != null) {
                gather(next, from + 1, found);
            }
        }
    }
}
