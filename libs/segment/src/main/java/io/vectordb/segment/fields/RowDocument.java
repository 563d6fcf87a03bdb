package io.vectordb.segment.fields;

import io.vectordb.segment.fields.IndexFields.Source;
import io.vectordb.segment.fields.ValueCodec.Encoded;
import io.vectordb.v1.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.document.BinaryPoint;
import org.apache.lucene.document.Field.Store;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexableField;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.NumericUtils;

/** Makes a Lucene document of what the paths of a row give; used again for every row. Not thread-safe. */
final class RowDocument implements ValueSink {

    private final List<IndexableField> fields = new ArrayList<>();
    /** By path and kind; only of paths that are remembered, the values of others being found by their terms alone. */
    private final Map<BytesRef, Integer> spaces = new HashMap<>();

    /** Of the row since {@link #clear}. */
    List<IndexableField> fields() {
        return fields;
    }

    void clear() {
        fields.clear();
    }

    @Override
    public void value(PathNode path, Value value) {
        Encoded encoded = ValueCodec.encode(value);
        add(Source.ROWS, path, encoded);
        if (encoded.kind().hasPoints() && path.isRemembered()) {
            addPoint(path, encoded);
        }
    }

    @Override
    public void list(PathNode path, List<Value> items) {
        addTerm(Source.ROWS.kinds(), path.kindTerm(Kind.LIST));
        for (Value item : items) {
            add(Source.ITEMS, path, ValueCodec.encode(item));
        }
    }

    private void add(Source source, PathNode path, Encoded encoded) {
        addTerm(source.kinds(), path.kindTerm(encoded.kind()));
        if (encoded.bytes().length > 0 || encoded.kind() == Kind.TEXT) {
            addTerm(source.values(), path.key().term(encoded.kind(), encoded.bytes()));
        }
    }

    private void addPoint(PathNode path, Encoded encoded) {
        BytesRef term = path.kindTerm(encoded.kind());
        Integer space = spaces.get(term);
        if (space == null) {
            space = spaces.size();
            spaces.put(term, space);
            byte[] number = new byte[IndexFields.SPACE_BYTES];
            NumericUtils.intToSortableBytes(space, number, 0);
            addTerm(IndexFields.SPACES, path.key().term(encoded.kind(), number));
        }
        byte[] point = new byte[IndexFields.POINT_BYTES];
        NumericUtils.intToSortableBytes(space, point, 0);
        System.arraycopy(encoded.bytes(), 0, point, IndexFields.SPACE_BYTES, ValueCodec.COARSE_BYTES);
        fields.add(new BinaryPoint(IndexFields.POINTS, point));
    }

    private void addTerm(String field, BytesRef term) {
        fields.add(new StringField(field, term, Store.NO));
    }
}
