package io.vectordb.vectorindex.kernel;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Kernels that compute something else do not pass. */
final class KernelCheckTest {

    static List<Faulty> faulty() {
        return List.of(
                new Faulty("dot") {
                    @Override
                    public void dot(long query, int length, long vectors, int count, long out) {
                        // Leaves out what is behind the last full register.
                        super.dot(query, length / 16 * 16, vectors, count, out);
                    }
                },
                new Faulty("squaredL2") {
                    @Override
                    public void squaredL2(long query, int length, long vectors, int count, long out) {
                        super.squaredL2(query, length, vectors, count - 1, out);
                    }
                },
                new Faulty("dotInt8") {
                    @Override
                    public void dotInt8(long query, int length, long codes, int count, long out) {
                        super.dotInt8(query, length, codes, count, out);
                        OffHeap.putInt(out, Math.min(OffHeap.getInt(out), Short.MAX_VALUE));
                    }
                },
                new Faulty("dotBits") {
                    @Override
                    public void dotBits(long query, boolean signed, int words, long codes, int count, long out) {
                        super.dotBits(query, !signed, words, codes, count, out);
                    }
                },
                new Faulty("dotBits of 1 vectors writes behind its results") {
                    @Override
                    public void dotBits(long query, boolean signed, int words, long codes, int count, long out) {
                        super.dotBits(query, signed, words, codes, count, out);
                        OffHeap.putInt(out + (long) count * Integer.BYTES, 0);
                    }
                });
    }

    @ParameterizedTest
    @MethodSource("faulty")
    void kernelsThatAreWrongInOneWayAreToldFrom(Faulty kernels) {
        assertThatIllegalStateException()
                .isThrownBy(() -> KernelCheck.verify(kernels))
                .withMessageStartingWith("faulty: " + kernels.fault);
    }

    @Test
    void kernelsThatAreRightPass() {
        assertThatCode(() -> KernelCheck.verify(new Faulty("nothing"))).doesNotThrowAnyException();
    }

    /** Right, unless a method is overridden. */
    private static class Faulty implements Kernels {

        private final Kernels right = new ScalarKernels();
        private final String fault;

        Faulty(String fault) {
            this.fault = fault;
        }

        @Override
        public String name() {
            return "faulty";
        }

        @Override
        public void dot(long query, int length, long vectors, int count, long out) {
            right.dot(query, length, vectors, count, out);
        }

        @Override
        public void squaredL2(long query, int length, long vectors, int count, long out) {
            right.squaredL2(query, length, vectors, count, out);
        }

        @Override
        public void dotInt8(long query, int length, long codes, int count, long out) {
            right.dotInt8(query, length, codes, count, out);
        }

        @Override
        public void dotBits(long query, boolean signed, int words, long codes, int count, long out) {
            right.dotBits(query, signed, words, codes, count, out);
        }

        @Override
        public String toString() {
            return fault;
        }
    }
}
