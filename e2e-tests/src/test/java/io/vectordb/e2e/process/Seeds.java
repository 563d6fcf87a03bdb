package io.vectordb.e2e.process;

import java.util.SplittableRandom;

/** The seed of a randomised test: printed, and replayed with {@code -Dtest.seed}. */
final class Seeds {

    private Seeds() {}

    static SplittableRandom random(String test) {
        long seed = Long.getLong("test.seed", System.nanoTime());
        System.out.println(test + ": -Dtest.seed=" + seed);
        return new SplittableRandom(seed);
    }
}
