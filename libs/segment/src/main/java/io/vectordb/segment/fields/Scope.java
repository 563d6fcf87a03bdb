package io.vectordb.segment.fields;

import io.vectordb.segment.fields.IndexFields.Source;
import java.io.IOException;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.FixedBitSet;

/** The values of one kind at one path: what a {@link KindRule} is about. */
record Scope(FieldPostings postings, Source source, PathKey path, Kind kind) {

    /** The rows that have such a value. */
    FixedBitSet rows() throws IOException {
        FixedBitSet rows = postings.none();
        postings.add(source.kinds(), path.term(kind), rows);
        return rows;
    }

    BytesRef term(byte... value) {
        return path.term(kind, value);
    }

    /** Behind all terms. */
    BytesRef end() {
        return after(path.term(kind));
    }

    /** The least term that does not begin like this one. The kind, in the middle, is never the highest byte. */
    static BytesRef after(BytesRef beginning) {
        BytesRef after = BytesRef.deepCopyOf(beginning);
        while (after.bytes[after.length - 1] == (byte) 0xFF) {
            after.length--;
        }
        after.bytes[after.length - 1]++;
        return after;
    }

    /** The least term that comes after this one. */
    static BytesRef next(BytesRef term) {
        byte[] longer = new byte[term.length + 1];
        System.arraycopy(term.bytes, term.offset, longer, 0, term.length);
        return new BytesRef(longer);
    }
}
