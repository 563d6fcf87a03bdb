package io.vectordb.vectorindex;

/**
 * A distance and a node in one long that sorts by distance and then by node: a heap over one array, and a comparison of
 * one instruction.
 */
final class DistanceKey {

    private static final long NODE_BITS = 0xFFFF_FFFFL;

    private DistanceKey() {}

    static long of(float distance, int node) {
        int bits = Float.floatToRawIntBits(distance);
        // IEEE 754 floats sort like ints of sign and magnitude: flip the magnitude of the negative ones.
        int sortable = bits ^ ((bits >> 31) & Integer.MAX_VALUE);
        return (long) sortable << 32 | node & NODE_BITS;
    }

    static float distance(long key) {
        int sortable = (int) (key >> 32);
        return Float.intBitsToFloat(sortable ^ ((sortable >> 31) & Integer.MAX_VALUE));
    }

    static int node(long key) {
        return (int) key;
    }
}
