package io.vectordb.schema;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.Murmur2;
import io.vectordb.common.VectorDbException;
import io.vectordb.common.Violation;
import io.vectordb.v1.RecordKey;
import io.vectordb.v1.Value;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;

/**
 * Keys of records: their one canonical form, their order and their bytes.
 *
 * <p>The bytes are a tag and the key: 1 and the int64 big-endian with its sign bit flipped, or 2 and the string's
 * UTF-8. Unsigned comparison of them is {@link #ORDER}. Stored data depends on them: they never change.
 */
public final class RecordKeys {

    private static final byte INT = 1;
    private static final byte STRING = 2;
    private static final String PATH = "key";

    /** Ints by value, before strings by code point. */
    public static final Comparator<RecordKey> ORDER = RecordKeys::compare;

    private RecordKeys() {}

    /** The bytes of a key of one column. */
    public static byte[] encode(RecordKey key) {
        return switch (key.getKeyCase()) {
            case INT_KEY ->
                ByteBuffer.allocate(1 + Long.BYTES)
                        .put(INT)
                        .putLong(key.getIntKey() ^ Long.MIN_VALUE)
                        .array();
            case STRING_KEY -> {
                byte[] text = key.getStringKeyBytes().toByteArray();
                yield ByteBuffer.allocate(1 + text.length).put(STRING).put(text).array();
            }
            case COMPOSITE, KEY_NOT_SET -> throw notOneColumn(key);
        };
    }

    /**
     * The key that {@link #encode} turned into these bytes.
     *
     * @throws VectorDbException SEGMENT_CORRUPT for other bytes
     */
    public static RecordKey decode(byte[] bytes) {
        if (bytes.length == 1 + Long.BYTES && bytes[0] == INT) {
            long flipped = ByteBuffer.wrap(bytes).getLong(1);
            return ofInt(flipped ^ Long.MIN_VALUE);
        }
        if (bytes.length > 0 && bytes[0] == STRING) {
            return ofString(new String(bytes, 1, bytes.length - 1, UTF_8));
        }
        throw new VectorDbException(
                ErrorCode.SEGMENT_CORRUPT,
                "no key has the bytes " + HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, 16)));
    }

    /** The bucket of a key, as Kafka's default partitioner finds it for a message whose key is {@link #text}. */
    public static int bucket(RecordKey key, int buckets) {
        return Murmur2.bucket(text(key).getBytes(UTF_8), buckets);
    }

    /** The string, or the int's decimal digits. */
    public static String text(RecordKey key) {
        return switch (key.getKeyCase()) {
            case STRING_KEY -> key.getStringKey();
            case INT_KEY -> Long.toString(key.getIntKey());
            case COMPOSITE, KEY_NOT_SET -> throw notOneColumn(key);
        };
    }

    public static RecordKey ofString(String key) {
        return RecordKey.newBuilder().setStringKey(key).build();
    }

    public static RecordKey ofInt(long key) {
        return RecordKey.newBuilder().setIntKey(key).build();
    }

    /**
     * The key that stands in a key column.
     *
     * @throws VectorDbException TYPE_MISMATCH unless the value is a string or an int
     */
    public static RecordKey of(Value value) {
        return switch (value.getKindCase()) {
            case STRING_VALUE -> ofString(value.getStringValue());
            case INT_VALUE -> ofInt(value.getIntValue());
            default ->
                throw violation(
                        ErrorCode.TYPE_MISMATCH, "expected text or an integer, received " + Kinds.of(value), "");
        };
    }

    /** The value that the key column of a record with this key holds. */
    public static Value value(RecordKey key) {
        return switch (key.getKeyCase()) {
            case STRING_KEY ->
                Value.newBuilder().setStringValue(key.getStringKey()).build();
            case INT_KEY -> Value.newBuilder().setIntValue(key.getIntKey()).build();
            case COMPOSITE, KEY_NOT_SET -> throw notOneColumn(key);
        };
    }

    /**
     * The key as the schema's key column has it: the digits of an int64 may come as a string.
     *
     * @throws VectorDbException at {@code key}: MISSING_MEMBER, TYPE_MISMATCH, KEY_TOO_LONG, INVALID_VALUE;
     *     FEATURE_NOT_AVAILABLE for a key of several columns
     */
    public static RecordKey coerce(CollectionSchema schema, RecordKey key) {
        return switch (key.getKeyCase()) {
            case KEY_NOT_SET -> throw violation(ErrorCode.MISSING_MEMBER, "a key is needed", "");
            case COMPOSITE ->
                throw violation(ErrorCode.FEATURE_NOT_AVAILABLE, "keys of several columns are not available yet", "");
            case STRING_KEY, INT_KEY -> {
                Problems problems = new Problems();
                Value value = new ValueCoercion(schema.dynamic())
                        .key(At.root(problems).in(PATH), schema.keyField(), value(key));
                problems.throwIfAny();
                yield value == null ? key : of(value);
            }
        };
    }

    private static int compare(RecordKey one, RecordKey other) {
        if (one.hasIntKey() && other.hasIntKey()) {
            return Long.compare(one.getIntKey(), other.getIntKey());
        }
        if (one.hasStringKey() && other.hasStringKey()) {
            return ByteString.unsignedLexicographicalComparator()
                    .compare(one.getStringKeyBytes(), other.getStringKeyBytes());
        }
        return Arrays.compareUnsigned(encode(one), encode(other));
    }

    private static VectorDbException notOneColumn(RecordKey key) {
        return new VectorDbException(ErrorCode.INVALID_VALUE, "not a key of one column: " + key.getKeyCase());
    }

    private static VectorDbException violation(ErrorCode code, String message, String hint) {
        return VectorDbException.of(new Violation(PATH, code, message, hint));
    }
}
