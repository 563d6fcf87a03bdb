package io.vectordb.vectorindex;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.vectordb.testkit.Seeds;
import java.lang.management.ManagementFactory;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** That a search leaves nothing on the heap but its result. */
class SearchAllocationTest {

    private static final int K = 10;
    /** Two arrays and the object around them, with headers. */
    private static final long RESULT_BYTES = 16 + K * 4 + 16 + K * 8 + 32;

    private static final int ROUNDS = 100;

    private static final long RANGE_RESULT_BYTES = RESULT_BYTES + 24;

    @Test
    void aSearchAllocatesItsResultAlone() {
        SplittableRandom random = Seeds.splittable(SearchAllocationTest.class);
        GrowingVectorIndex index = TestVectors.index(Metric.COSINE, TestVectors.clustered(random, 5_000, 32, 20));
        float[][] queries = TestVectors.gaussians(random, 64, 32);
        OrdinalSet half = OrdinalSet.matching(5_000, ordinal -> ordinal % 2 == 0);
        OrdinalSet few = OrdinalSet.matching(5_000, ordinal -> ordinal % 100 == 0);
        OrdinalFilter predicate = half::test;
        assertThat(bytes(queries, q -> index.search(q, K, 64, OrdinalFilter.ALL)))
                .isLessThanOrEqualTo(RESULT_BYTES);
        assertThat(bytes(queries, q -> index.search(q, K, 64, half))).isLessThanOrEqualTo(RESULT_BYTES);
        assertThat(bytes(queries, q -> index.search(q, K, 64, few))).isLessThanOrEqualTo(RESULT_BYTES);
        assertThat(bytes(queries, q -> index.search(q, K, 64, predicate))).isLessThanOrEqualTo(RESULT_BYTES);
        assertThat(bytes(queries, q -> index.searchExact(q, K, few))).isLessThanOrEqualTo(RESULT_BYTES);
        assertThat(bytes(queries, q -> index.searchRange(q, 2, K, 64, OrdinalFilter.ALL)))
                .isLessThanOrEqualTo(RANGE_RESULT_BYTES);
        assertThat(bytes(queries, q -> index.searchRange(q, 2, K, 64, few))).isLessThanOrEqualTo(RANGE_RESULT_BYTES);
    }

    /** The least that any round of searches has allocated per search: the compiler's own doings aside. */
    private static long bytes(float[][] queries, Consumer<float[]> search) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (float[] query : queries) {
                search.accept(query);
            }
            least = Math.min(least, (threads.getCurrentThreadAllocatedBytes() - before) / queries.length);
        }
        return least;
    }
}
