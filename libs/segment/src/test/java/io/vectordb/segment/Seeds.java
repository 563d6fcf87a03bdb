package io.vectordb.segment;

import java.util.Random;

/** The seed of a randomised test: printed, and replayed with {@code -Dtest.seed}. */
final class Seeds {

    private Seeds() {}

    static Random random(String test) {
        long seed = Long.getLong("test.seed", System.nanoTime());
        System.out.println(test + ": -Dtest.seed=" + seed);
        return new Random(seed);
    }
}
