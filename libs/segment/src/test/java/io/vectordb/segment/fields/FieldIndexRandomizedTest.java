package io.vectordb.segment.fields;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.query.RowPredicate;
import io.vectordb.testkit.Seeds;
import io.vectordb.v1.Condition;
import io.vectordb.v1.Fields;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random conditions of an index and of {@link RowPredicate}, on every row. */
class FieldIndexRandomizedTest {

    private static final int ROWS = 400;

    private final Random random = Seeds.random(FieldIndexRandomizedTest.class);
    private final RandomConditions conditions = new RandomConditions(random, new RandomRows(random, false));

    @TempDir
    private Path folder;

    private int exact;
    /** Exact answers of some rows and not of all. */
    private int telling;

    @Test
    void exactAnswersAreThoseOfThePredicate() throws IOException {
        checkWild(true);
        assertThat(exact).isGreaterThan(2_400);
        assertThat(telling).isGreaterThan(800);
    }

    @Test
    void rowsThatTheIndexCannotExpressAreNotExcluded() throws IOException {
        checkWild(false);
        assertThat(exact).isGreaterThan(1_600);
    }

    private void checkWild(boolean sound) throws IOException {
        List<Fields> all = rows(sound);
        try (FieldIndex index = TestIndexes.of(folder, all)) {
            for (int i = 0; i < 4_000; i++) {
                check(index, all, conditions.wild(3));
            }
        }
    }

    @Test
    void commonConditionsOnFieldsOfOneTypeAreAnsweredExactly() throws IOException {
        List<Fields> all = rows(false);
        try (FieldIndex index = TestIndexes.of(folder, all)) {
            for (int i = 0; i < 3_000; i++) {
                Condition condition = conditions.common(3);
                assertThat(check(index, all, condition))
                        .as(condition.toString())
                        .isTrue();
            }
        }
        assertThat(telling).isGreaterThan(2_000);
    }

    private List<Fields> rows(boolean sound) {
        RandomRows rows = new RandomRows(random, sound);
        List<Fields> all = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            all.add(random.nextInt(50) == 0 ? Fields.getDefaultInstance() : rows.row());
        }
        return all;
    }

    /** Whether the answer is exact. */
    private boolean check(FieldIndex index, List<Fields> rows, Condition condition) {
        RowPredicate predicate = RowPredicate.compile(condition);
        OrdinalMatches matches = index.match(condition, () -> false);
        BitSet passing = new BitSet();
        BitSet found = new BitSet();
        for (int ordinal = 0; ordinal < rows.size(); ordinal++) {
            passing.set(ordinal, predicate.test(rows.get(ordinal)));
            found.set(ordinal, matches.ordinals().test(ordinal));
        }
        assertThat(found.cardinality()).isEqualTo(matches.ordinals().cardinality());
        BitSet missed = (BitSet) passing.clone();
        missed.andNot(found);
        assertThat(missed)
                .as(() -> condition + " does not find " + rows.get(missed.nextSetBit(0)))
                .isEqualTo(new BitSet());
        if (matches.exact()) {
            BitSet wrong = (BitSet) found.clone();
            wrong.andNot(passing);
            exact++;
            telling += passing.isEmpty() || passing.cardinality() == rows.size() ? 0 : 1;
            assertThat(wrong)
                    .as(() -> condition + " finds " + rows.get(wrong.nextSetBit(0)))
                    .isEqualTo(new BitSet());
        }
        return matches.exact();
    }
}
