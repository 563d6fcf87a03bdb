package io.vectordb.vectorindex.quantization;

/**
 * How many bits of a code a component takes.
 *
 * <p>The step is the distance between two levels of a uniform quantiser of that many bits that loses least on a
 * Gaussian component of unit variance (Max, 1960), which the components of a rotated vector nearly are; the error is
 * the standard deviation of what it loses, relative to the vector, once the length is corrected.
 */
public enum CodeFormat {
    ONE_BIT(1, 1.596, 0.756),
    TWO_BITS(2, 0.996, 0.367),
    FOUR_BITS(4, 0.335, 0.108),
    EIGHT_BITS(8, 0.031, 0.010);

    private final int bits;
    private final double step;
    private final double error;

    CodeFormat(int bits, double step, double error) {
        this.bits = bits;
        this.step = step;
        this.error = error;
    }

    public int bits() {
        return bits;
    }

    double step() {
        return step;
    }

    double error() {
        return error;
    }

    /** The greatest level; the least is 0. */
    int maxLevel() {
        return (1 << bits) - 1;
    }

    /** The level that stands for 0, between two levels. */
    float middle() {
        return maxLevel() / 2f;
    }

    /** Whether a code is cut into bit planes and not into bytes. */
    boolean isPlanes() {
        return this != EIGHT_BITS;
    }
}
