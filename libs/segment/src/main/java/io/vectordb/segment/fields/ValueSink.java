package io.vectordb.segment.fields;

import io.vectordb.v1.Value;
import java.util.List;

/** Takes what the paths of a row give, each path once. */
interface ValueSink {

    /** A value that is no list. */
    void value(PathNode path, Value value);

    /** A list, as it stands in the row or as a path through lists gathers it. */
    void list(PathNode path, List<Value> items);
}
