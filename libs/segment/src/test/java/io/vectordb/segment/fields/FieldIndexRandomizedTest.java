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
    private final RandomRows rows = new RandomRows(random);
    private final RandomConditions conditions = new RandomConditions(random, rows);

    @TempDir
    private Path folder;

    @Test
    void noRowIsExcludedThatPassesAndExactAnswersAreThoseOfThePredicate() throws IOException {
        int exact = 0;
        int count = 4_000;
        List<Fields> all = rows();
        try (FieldIndex index = TestIndexes.of(folder, all)) {
            for (int i = 0; i < count; i++) {
                exact += isExactAndRight(index, all, conditions.wild(3)) ? 1 : 0;
            }
        }
        System.out.println("exact answers to wild conditions: " + exact + " of " + count);
        assertThat(exact).isGreaterThan(count / 10);
    }

    @Test
    void commonConditionsOnFieldsOfOneTypeAreAnsweredExactly() throws IOException {
        List<Fields> all = rows();
        try (FieldIndex index = TestIndexes.of(folder, all)) {
            for (int i = 0; i < 3_000; i++) {
                Condition condition = conditions.common(3);
                assertThat(isExactAndRight(index, all, condition))
                        .as(condition.toString())
                        .isTrue();
            }
        }
    }

    private List<Fields> rows() {
        List<Fields> all = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            all.add(random.nextInt(50) == 0 ? Fields.getDefaultInstance() : rows.row());
        }
        return all;
    }

    private static boolean isExactAndRight(FieldIndex index, List<Fields> rows, Condition condition) {
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
            assertThat(wrong)
                    .as(() -> condition + " finds " + rows.get(wrong.nextSetBit(0)))
                    .isEqualTo(new BitSet());
        }
        return matches.exact();
    }
}
