package io.vectordb.common;

/**
 * MurmurHash2 of 32 bits as Kafka's default partitioner computes it (seed {@code 0x9747b28c}), so that a producer which
 * uses the primary key as message key puts a record into the partition that equals its bucket.
 *
 * <p>Source: Austin Appleby's MurmurHash2; the seed and the sign treatment are those of
 * {@code org.apache.kafka.common.utils.Utils}.
 */
public final class Murmur2 {

    private static final int SEED = 0x9747b28c;
    private static final int M = 0x5bd1e995;
    private static final int R = 24;

    private Murmur2() {}

    /** The bucket of a key: {@code (hash & 0x7fffffff) mod buckets}. */
    public static int bucket(byte[] key, int buckets) {
        return (hash(key) & 0x7fffffff) % buckets;
    }

    /** All 32 bits of the hash. */
    public static int hash(byte[] data) {
        int length = data.length;
        int h = SEED ^ length;
        int words = length >> 2;
        for (int i = 0; i < words; i++) {
            int at = i << 2;
            int k = (data[at] & 0xff)
                    | (data[at + 1] & 0xff) << 8
                    | (data[at + 2] & 0xff) << 16
                    | (data[at + 3] & 0xff) << 24;
            k *= M;
            k ^= k >>> R;
            k *= M;
            h *= M;
            h ^= k;
        }
        int tail = words << 2;
        int left = length - tail;
        if (left == 3) {
            h ^= (data[tail + 2] & 0xff) << 16;
        }
        if (left >= 2) {
            h ^= (data[tail + 1] & 0xff) << 8;
        }
        if (left >= 1) {
            h ^= data[tail] & 0xff;
            h *= M;
        }
        h ^= h >>> 13;
        h *= M;
        h ^= h >>> 15;
        return h;
    }
}
