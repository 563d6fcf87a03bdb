package io.vectordb.segment.fields;

import io.vectordb.query.FieldRef;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.util.BytesRef;

/**
 * The path of a value as the beginning of its terms: the names, each behind its length, and an end mark. No key is the
 * beginning of another.
 *
 * <p>A path that is very long, or not well-formed text, is a hash instead. Immutable.
 */
final class PathKey {

    private static final int NAMES_BYTES = 4_096;
    private static final int END = 0xFFFF;
    private static final int HASHED = 0xFFFE;
    private static final int MARK_BYTES = 2;
    private static final int HASH_BYTES = 32;

    private final byte[] bytes;

    private PathKey(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Of names from the outermost on. */
    static PathKey of(List<String> names) {
        int length = MARK_BYTES;
        byte[][] parts = new byte[names.size()][];
        boolean plain = true;
        for (int i = 0; i < parts.length; i++) {
            String name = names.get(i);
            plain = plain && ValueCodec.isWellFormed(name);
            parts[i] = name.getBytes(StandardCharsets.UTF_8);
            length += MARK_BYTES + parts[i].length;
        }
        return new PathKey(plain && length <= NAMES_BYTES ? plain(parts, length) : hashed(names));
    }

    /** Of a path as it stands in a condition. */
    static PathKey parse(String path) {
        return of(FieldRef.parse(path).names());
    }

    /** The term of this path, a kind and what identifies a value of that kind. */
    BytesRef term(Kind kind, byte... value) {
        byte[] term = Arrays.copyOf(bytes, bytes.length + 1 + value.length);
        term[bytes.length] = kind.code();
        System.arraycopy(value, 0, term, bytes.length + 1, value.length);
        return new BytesRef(term);
    }

    /** The beginning of all terms of this path. */
    BytesRef start() {
        return new BytesRef(bytes);
    }

    /** Where in a term of this path the value begins. */
    int valueOffset() {
        return bytes.length + 1;
    }

    private static byte[] plain(byte[][] parts, int length) {
        byte[] key = new byte[length];
        int at = 0;
        for (byte[] part : parts) {
            at = mark(key, at, part.length);
            System.arraycopy(part, 0, key, at, part.length);
            at += part.length;
        }
        mark(key, at, END);
        return key;
    }

    private static byte[] hashed(List<String> names) {
        StringBuilder all = new StringBuilder();
        names.forEach(name -> all.append(name.length()).append(':').append(name));
        byte[] key = new byte[MARK_BYTES + HASH_BYTES];
        int at = mark(key, 0, HASHED);
        byte[] hash = ValueCodec.sha256(all.toString().getBytes(StandardCharsets.UTF_16BE));
        System.arraycopy(hash, 0, key, at, HASH_BYTES);
        return key;
    }

    private static int mark(byte[] key, int at, int mark) {
        key[at] = (byte) (mark >>> 8);
        key[at + 1] = (byte) mark;
        return at + MARK_BYTES;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PathKey key && Arrays.equals(bytes, key.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }
}
