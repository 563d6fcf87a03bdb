package io.vectordb.testkit;

import java.util.Random;
import java.util.SplittableRandom;

/**
 * Seeds of randomised tests: the system property {@code test.seed}, else the time.
 *
 * <p>A seed is printed when it is drawn, and the report of a test that fails names those that were drawn on its thread,
 * also while its instance was created. With {@code -Dtest.seed} all draws are the same, so a test draws once, and splits
 * what it got when it needs several sources.
 */
public final class Seeds {

    private Seeds() {}

    /** A seed alone, for what takes a number. */
    public static long next(Class<?> test) {
        long seed = Long.getLong("test.seed", System.nanoTime());
        System.out.println(test.getSimpleName() + ": -Dtest.seed=" + seed);
        DrawnSeeds.ofThisThread().add(test, seed);
        return seed;
    }

    /** A generator with a seed of its own. */
    public static Random random(Class<?> test) {
        return new Random(next(test));
    }

    /** A generator with a seed of its own, for tests with many threads or independent parts. */
    public static SplittableRandom splittable(Class<?> test) {
        return new SplittableRandom(next(test));
    }
}
