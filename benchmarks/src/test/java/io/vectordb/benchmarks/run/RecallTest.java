package io.vectordb.benchmarks.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class RecallTest {

    @Test
    void isThePartOfTheNearestThatWasFound() {
        int[][] exact = {{1, 2, 3, 4}, {5, 6, 7, 8}};
        assertThat(Recall.at(2, new int[][] {{2, 1}, {6, 7}}, exact)).isEqualTo(0.75);
        assertThat(Recall.at(2, new int[][] {{2, 2}, {}}, exact)).isEqualTo(0.25);
    }

    @Test
    void countsWhatThereIsWhereFewerThanKExist() {
        assertThat(Recall.at(3, new int[][] {{9}, {}}, new int[][] {{9, 4}, {}}))
                .isEqualTo(0.75);
    }

    @Test
    void whileGrowingLooksAtWhatWasThereBefore() {
        int[][] exact = {{0, 1, 2}};
        // One new hit: the two old ones must be the nearest two.
        assertThat(Recall.whileGrowing(10, new int[][] {{0, 12, 1}, {0, 12, 2}}, exact))
                .isEqualTo(0.75);
        assertThat(Recall.whileGrowing(10, new int[][] {{11, 12, 13}}, exact)).isEqualTo(1);
    }
}
