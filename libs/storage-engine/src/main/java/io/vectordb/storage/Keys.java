package io.vectordb.storage;

import io.vectordb.schema.RecordKeys;
import io.vectordb.v1.RecordKey;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Row prefixes: bucket (2 bytes) ‖ key. They sort by bucket, then as {@link RecordKeys#ORDER} has it.
 *
 * <p>The key is as {@link RecordKeys#encode} writes it. That of an int64 has a fixed length and stays as it is; in any
 * other a byte {@code 00} becomes {@code 00 ff} and {@code 00 01} ends it, so that no prefix is the beginning of
 * another one and the order is kept.
 */
final class Keys {

    static final int BUCKETS = 1 << 16;

    private static final int BUCKET_BYTES = 2;
    /** The first byte of every int64 key and of no other. */
    private static final byte INT_TAG = RecordKeys.encode(RecordKeys.ofInt(0))[0];

    private static final byte ESCAPED = (byte) 0xff;
    private static final byte END = 0x01;

    private Keys() {}

    static byte[] prefix(int bucket, RecordKey key) {
        if (bucket < 0 || bucket >= BUCKETS) {
            throw new IllegalArgumentException("bucket " + bucket + ", expected 0 to " + (BUCKETS - 1));
        }
        byte[] bytes = RecordKeys.encode(key);
        byte[] prefix = key.hasIntKey() ? fixed(bytes) : escaped(bytes);
        prefix[0] = (byte) (bucket >>> Byte.SIZE);
        prefix[1] = (byte) bucket;
        return prefix;
    }

    static int bucket(byte[] prefix) {
        return Byte.toUnsignedInt(prefix[0]) << Byte.SIZE | Byte.toUnsignedInt(prefix[1]);
    }

    /** What the prefixes of all records in a bucket begin with. */
    static byte[] bucketPrefix(int bucket) {
        return new byte[] {(byte) (bucket >>> Byte.SIZE), (byte) bucket};
    }

    static RecordKey key(byte[] prefix) {
        byte[] bytes = Arrays.copyOfRange(prefix, BUCKET_BYTES, prefix.length);
        return RecordKeys.decode(bytes[0] == INT_TAG ? bytes : unescaped(bytes));
    }

    private static byte[] fixed(byte[] bytes) {
        byte[] prefix = new byte[BUCKET_BYTES + bytes.length];
        System.arraycopy(bytes, 0, prefix, BUCKET_BYTES, bytes.length);
        return prefix;
    }

    private static byte[] escaped(byte[] bytes) {
        int zeros = 0;
        for (byte b : bytes) {
            zeros += b == 0 ? 1 : 0;
        }
        ByteBuffer out =
                ByteBuffer.allocate(BUCKET_BYTES + bytes.length + zeros + 2).position(BUCKET_BYTES);
        for (byte b : bytes) {
            out.put(b);
            if (b == 0) {
                out.put(ESCAPED);
            }
        }
        return out.put((byte) 0).put(END).array();
    }

    private static byte[] unescaped(byte[] bytes) {
        ByteBuffer out = ByteBuffer.allocate(bytes.length);
        int end = bytes.length - 2;
        for (int i = 0; i < end; i++) {
            out.put(bytes[i]);
            if (bytes[i] == 0) {
                i++;
            }
        }
        return Arrays.copyOf(out.array(), out.position());
    }
}
