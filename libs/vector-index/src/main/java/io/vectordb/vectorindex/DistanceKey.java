package io.vectordb.vectorindex;

/**
 * A distance and a node in one long that sorts by distance and then by node: a heap over one array, and a comparison of
 * one instruction.
 */
final class DistanceKey {

    private static final long NODE_BITS = 0xFFFF_FFFFL;

    private DistanceKey() {}

    static long of(float distance, int node) {
        return (long) sortable(distance) << 32 | node & NODE_BITS;
    }

    /** An int that sorts as the distance does. */
    static int sortable(float distance) {
        int bits = Float.floatToRawIntBits(distance);
        // IEEE 754 floats sort like ints of sign and magnitude: flip the magnitude of the negative ones.
        return bits ^ ((bits >> 31) & Integer.MAX_VALUE);
    }

    static float distance(long key) {
        int sortable = (int) (key >> 32);
        return Float.intBitsToFloat(sortable ^ ((sortable >> 31) & Integer.MAX_VALUE));
    }

    static int node(long key) {
        return (int) key;
    }
}
