package io.vectordb.edgar;

import java.util.Random;

/** The seed of randomised tests, printed and replayable with {@code -Dtest.seed}. */
final class Seed {

    private Seed() {}

    static Random random(Class<?> test) {
        long seed = Long.getLong("test.seed", System.nanoTime());
        System.out.println(test.getSimpleName() + ": -Dtest.seed=" + seed);
        return new Random(seed);
    }
}
