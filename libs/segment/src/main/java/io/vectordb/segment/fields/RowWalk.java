package io.vectordb.segment.fields;

import io.vectordb.v1.Fields;
import io.vectordb.v1.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds all that a path of a condition can give in a row: values, what is in objects, and through lists the lists of what
 * their elements have, as {@link io.vectordb.query.RowPredicate} gathers them.
 */
final class RowWalk {

    private RowWalk() {}

    static void walk(PathNode path, Fields fields, ValueSink sink) {
        for (Map.Entry<String, Value> field : fields.getValuesMap().entrySet()) {
            PathNode child = path.child(field.getKey());
            Value value = field.getValue();
            if (value.hasListValue()) {
                List<Value> items = value.getListValue().getItemsList();
                sink.list(child, items);
                gather(child, items, sink);
            } else {
                sink.value(child, value);
                if (value.hasObjectValue()) {
                    walk(child, value.getObjectValue(), sink);
                }
            }
        }
    }

    private static void gather(PathNode path, List<Value> items, ValueSink sink) {
        Map<PathNode, List<Value>> found = new LinkedHashMap<>();
        items.forEach(item -> gather(path, item, found));
        // A path that finds nothing but empty lists finds nothing.
        found.forEach((at, values) -> {
            if (!values.isEmpty()) {
                sink.list(at, values);
            }
        });
    }

    private static void gather(PathNode path, Value value, Map<PathNode, List<Value>> found) {
        if (value.hasListValue()) {
            value.getListValue().getItemsList().forEach(item -> gather(path, item, found));
        } else if (value.hasObjectValue()) {
            value.getObjectValue().getValuesMap().forEach((name, next) -> {
                PathNode child = path.child(name);
                List<Value> values = found.computeIfAbsent(child, _ -> new ArrayList<>());
                if (next.hasListValue()) {
                    values.addAll(next.getListValue().getItemsList());
                } else {
                    values.add(next);
                }
                gather(child, next, found);
            });
        }
    }
}
