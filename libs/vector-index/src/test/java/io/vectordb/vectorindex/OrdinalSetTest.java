package io.vectordb.vectorindex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectordb.testkit.Seeds;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class OrdinalSetTest {

    @Test
    void membersAreThoseGivenHoweverTheyAreGiven() {
        OrdinalSet set = OrdinalSet.of(70, 0, 63, 64, 70);
        assertThat(set.cardinality()).isEqualTo(4);
        assertThat(set).isEqualTo(OrdinalSet.ofWords(new long[] {1L | 1L << 63, 1L | 1L << 6, 0}));
        assertThat(set).hasSameHashCodeAs(OrdinalSet.matching(1_000, o -> o == 0 || o == 63 || o == 64 || o == 70));
        assertThat(set.test(63)).isTrue();
        assertThat(set.test(65)).isFalse();
        assertThat(set.test(Integer.MAX_VALUE)).isFalse();
        assertThat(OrdinalSet.of().cardinality()).isZero();
        assertThatThrownBy(() -> OrdinalSet.of(3, -1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void laterChangesOfTheArrayChangeNothing() {
        long[] words = {1};
        OrdinalSet set = OrdinalSet.ofWords(words);
        words[0] = 2;
        assertThat(set.test(0)).isTrue();
        assertThat(set.test(1)).isFalse();
    }

    @Test
    void membersFollowEachOther() {
        OrdinalSet set = OrdinalSet.of(3, 64, 300);
        assertThat(set.next(0)).isEqualTo(3);
        assertThat(set.next(4)).isEqualTo(64);
        assertThat(set.next(64)).isEqualTo(64);
        assertThat(set.next(65)).isEqualTo(300);
        assertThat(set.next(301)).isEqualTo(-1);
        assertThat(set.next(100_000)).isEqualTo(-1);
    }

    @Test
    void estimatesAreChecked() {
        OrdinalFilter filter = ordinal -> true;
        assertThat(filter.passingShare()).isEqualTo(OrdinalFilter.UNKNOWN_SHARE);
        assertThat(filter.withEstimates(0.25, 100).passingShare()).isEqualTo(0.25);
        assertThatThrownBy(() -> filter.withEstimates(1.5, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> filter.withEstimates(Double.NaN, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> filter.withEstimates(0, -1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aSetOfIntsIsOneUnderAnySequenceOfAdditionsAndRemovals() {
        SplittableRandom random = Seeds.splittable(OrdinalSetTest.class);
        IntSet set = new IntSet();
        for (int round = 0; round < 20; round++) {
            set.reset();
            Set<Integer> expected = new HashSet<>();
            int range = 1 << random.nextInt(1, 12);
            for (int i = 0; i < 2_000; i++) {
                int value = random.nextInt(range);
                if (random.nextInt(3) > 0) {
                    assertThat(set.add(value)).isEqualTo(expected.add(value));
                } else if (expected.remove(value)) {
                    set.remove(value);
                }
                assertThat(set.size()).isEqualTo(expected.size());
            }
            for (int value = 0; value < range; value++) {
                assertThat(set.contains(value)).isEqualTo(expected.contains(value));
            }
        }
    }
}
