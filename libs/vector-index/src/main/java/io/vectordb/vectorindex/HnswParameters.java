package io.vectordb.vectorindex;

/**
 * What shapes an HNSW graph when it is built.
 *
 * @param m neighbours a new node is given on each level, and the cap on upper levels; level 0 holds up to {@code 2 *
 *     m}. More costs memory and build time, and helps recall where the vectors' intrinsic dimension is high
 * @param efConstruction beam width while inserting: more makes a better graph and a slower build
 * @param seed of the level assignment: equal seeds and equal insertions make equal graphs
 */
public record HnswParameters(int m, int efConstruction, long seed) {

    private static final int MAX_M = 512;

    public HnswParameters {
        if (m < 2 || m > MAX_M) {
            throw new IllegalArgumentException("expected m within 2 and " + MAX_M + ", received " + m);
        }
        if (efConstruction < 1) {
            throw new IllegalArgumentException("expected efConstruction of at least 1, received " + efConstruction);
        }
    }

    /** {@code m} of 16 and {@code efConstruction} of 100: a recall of about 0.95 at a beam of 64 on text embeddings. */
    public static HnswParameters defaults() {
        return new HnswParameters(16, 100, 42);
    }

    /** The cap on the neighbours of a node on this level. */
    public int maxDegree(int level) {
        return level == 0 ? 2 * m : m;
    }

    /** The paper's {@code mL}, which makes a level hold {@code m} times the nodes of the one above. */
    double levelMultiplier() {
        return 1 / StrictMath.log(m);
    }

    /** The top level of a node: geometrically distributed, and a function of the seed and the node alone. */
    int levelOf(int node) {
        double uniform = ((mix(seed + node * 0x9E3779B97F4A7C15L) >>> 11) + 1) * 0x1.0p-53;
        return (int) (-StrictMath.log(uniform) * levelMultiplier());
    }

    /** The output function of SplitMix64 (Steele, Lea and Flood, 2014). */
    static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
