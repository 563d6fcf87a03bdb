package io.vectordb.vectorindex.kernel;

import io.vectordb.testkit.Seeds;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** All kernels that run here compute the same; replay with {@code -Dtest.seed}. */
final class KernelsRandomizedTest {

    private static final int ROUNDS = 300;
    private static final int MAX_COUNT = 33;

    static List<Kernels> kernels() {
        return KernelProvider.available();
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void innerProductsLieWithinTheErrorBound(Kernels kernels) {
        RandomGenerator random = Seeds.random(KernelsRandomizedTest.class);
        KernelCheck check = new KernelCheck(kernels, random);
        for (int i = 0; i < ROUNDS; i++) {
            check.dot(length(random), count(random), random.nextInt(16));
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void squaredDistancesLieWithinTheErrorBound(Kernels kernels) {
        RandomGenerator random = Seeds.random(KernelsRandomizedTest.class);
        KernelCheck check = new KernelCheck(kernels, random);
        for (int i = 0; i < ROUNDS; i++) {
            check.squaredL2(length(random), count(random), random.nextInt(16));
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void productsOfBytesAreExact(Kernels kernels) {
        RandomGenerator random = Seeds.random(KernelsRandomizedTest.class);
        KernelCheck check = new KernelCheck(kernels, random);
        for (int i = 0; i < ROUNDS; i++) {
            check.dotInt8(length(random), count(random), random.nextInt(64), random.nextBoolean());
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void productsOfTheLongestBytesDoNotOverflow(Kernels kernels) {
        KernelCheck check = new KernelCheck(kernels, Seeds.random(KernelsRandomizedTest.class));
        check.leastInt8(Kernels.MAX_INT8_LENGTH, 5);
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void productsOfBitPlanesAreExact(Kernels kernels) {
        RandomGenerator random = Seeds.random(KernelsRandomizedTest.class);
        KernelCheck check = new KernelCheck(kernels, random);
        for (int i = 0; i < ROUNDS; i++) {
            int words = 1 + random.nextInt(random.nextBoolean() ? 200 : 24);
            check.dotBits(words, count(random), random.nextInt(8), random.nextBoolean(), random.nextInt(4) == 0);
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void manyVectorsInOneCallAreAllComputed(Kernels kernels) {
        KernelCheck check = new KernelCheck(kernels, Seeds.random(KernelsRandomizedTest.class));
        check.dot(256, 1500, 1);
        check.squaredL2(256, 1500, 1);
        check.dotInt8(1024, 1500, 1, false);
        check.dotBits(128, 1500, 1, true, false);
    }

    /** Short ones as often as long ones, and multiples of what a register or a line holds as often as others. */
    private static int length(RandomGenerator random) {
        int length = 1 + random.nextInt(random.nextBoolean() ? 4096 : 160);
        return random.nextBoolean() ? length : Math.min((length + 15) / 16 * 16, 4096);
    }

    private static int count(RandomGenerator random) {
        return random.nextInt(MAX_COUNT + 1);
    }
}
