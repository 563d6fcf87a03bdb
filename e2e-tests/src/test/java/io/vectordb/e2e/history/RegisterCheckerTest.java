package io.vectordb.e2e.history;

import static io.vectordb.e2e.history.Operation.done;
import static io.vectordb.e2e.history.Operation.refused;
import static io.vectordb.e2e.history.Operation.unknown;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.e2e.history.Action.CompareAndSet;
import io.vectordb.e2e.history.Action.Read;
import io.vectordb.e2e.history.Action.Write;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RegisterCheckerTest {

    private static final Write DELETE = new Write(Action.ABSENT);
    private static final Read NOTHING = new Read(Action.ABSENT);

    @Test
    void nothingIsCorrect() {
        assertCorrect();
    }

    @Test
    void aKeyBeginsAbsent() {
        assertCorrect(at(new Read(Action.ABSENT), 1, 2));
        assertWrong(at(new Read(1), 1, 2));
    }

    @Test
    void readsSeeWhatWasWrittenBefore() {
        assertCorrect(at(new Write(1), 1, 2), at(new Read(1), 3, 4));
        assertWrong(at(new Write(1), 1, 2), at(NOTHING, 3, 4));
    }

    @Test
    void aReadBesideAWriteSeesEither() {
        assertCorrect(at(new Write(1), 1, 4), at(NOTHING, 2, 3));
        assertCorrect(at(new Write(1), 1, 4), at(new Read(1), 2, 3));
    }

    @Test
    void readsOneAfterTheOtherDoNotGoBackWhileAWriteIsOpen() {
        assertCorrect(at(new Write(1), 1, 9), at(NOTHING, 2, 3), at(new Read(1), 4, 5));
        assertWrong(at(new Write(1), 1, 9), at(new Read(1), 2, 3), at(NOTHING, 4, 5));
    }

    @Test
    void aDeletedValueStaysGone() {
        assertCorrect(at(new Write(1), 1, 2), at(DELETE, 3, 4), at(NOTHING, 5, 6));
        assertWrong(at(new Write(1), 1, 2), at(DELETE, 3, 4), at(new Read(1), 5, 6));
    }

    @Test
    void oneOfTwoThatExpectTheSameIsRefused() {
        Operation first = at(new Write(1), 1, 2);
        assertCorrect(first, at(new CompareAndSet(1, 2), 3, 6), refused(1, new CompareAndSet(1, 3), 4, 5));
        assertWrong(first, at(new CompareAndSet(1, 2), 3, 6), at(new CompareAndSet(1, 3), 4, 5));
        assertWrong(first, refused(0, new CompareAndSet(1, 2), 3, 6), refused(1, new CompareAndSet(1, 3), 4, 5));
    }

    @Test
    void recordsAreCreatedOnce() {
        assertCorrect(at(new CompareAndSet(Action.ABSENT, 1), 1, 2), at(new Read(1), 3, 4));
        assertWrong(at(new CompareAndSet(Action.ABSENT, 1), 1, 2), at(new CompareAndSet(Action.ABSENT, 2), 3, 4));
    }

    @Test
    void anUnknownWriteHappensEverOrNever() {
        Operation unknown = unknown(0, new Write(2), 3);
        Operation before = at(new Write(1), 1, 2);
        assertCorrect(before, unknown, at(new Read(1), 4, 5), at(new Read(1), 6, 7));
        assertCorrect(before, unknown, at(new Read(2), 4, 5), at(new Read(2), 6, 7));
        assertCorrect(before, unknown, at(new Read(1), 4, 5), at(new Read(2), 6, 7));
        assertWrong(before, unknown, at(new Read(2), 4, 5), at(new Read(1), 6, 7));
        assertWrong(before, at(new Read(2), 2, 2), unknown);
    }

    @Test
    void anUnknownConditionalWriteHappensOnlyWhileItsConditionHolds() {
        Operation unknown = unknown(0, new CompareAndSet(1, 2), 3);
        Operation before = at(new Write(1), 1, 2);
        assertCorrect(before, unknown, at(new Read(2), 6, 7));
        assertWrong(before, unknown, at(new Write(3), 4, 5), at(new Read(3), 6, 7), at(new Read(2), 8, 9));
    }

    @Test
    void anUnknownWriteHappensOnce() {
        assertWrong(
                unknown(0, new Write(1), 1),
                at(new Read(1), 2, 3),
                at(new Write(2), 4, 5),
                at(new Read(2), 6, 7),
                at(new Read(1), 8, 9));
    }

    @Test
    void aValueHasOneVersion() {
        assertCorrect(done(0, new Write(1), 1, 2, 7), done(0, new Read(1), 3, 4, 7));
        assertWrong(done(0, new Write(1), 1, 2, 7), done(0, new Read(1), 3, 4, 8));
    }

    @Test
    void versionsRise() {
        assertCorrect(done(0, new Write(1), 1, 2, 7), done(0, new Write(2), 3, 4, 8));
        assertWrong(done(0, new Write(1), 1, 2, 8), done(0, new Write(2), 3, 4, 7));
        assertWrong(done(0, new Write(1), 1, 4, 8), done(0, new Write(2), 2, 3, 7), at(new Read(2), 5, 6));
    }

    @Test
    void theExplanationNamesTheOperationThatDoesNotFit() {
        Verdict verdict = RegisterChecker.check(
                List.of(at(new Write(1), 1, 2), at(new Write(2), 3, 4), at(new Read(1), 5, 6), at(new Read(2), 7, 8)));
        assertThat(verdict)
                .isInstanceOfSatisfying(
                        Verdict.Wrong.class,
                        wrong -> assertThat(wrong.why())
                                .contains("after 2 of 4 operations the value is 2")
                                .contains("nothing explains\n  " + at(new Read(1), 5, 6)));
    }

    @Test
    void tooManyThatMayHaveHappenedAreUndecided() {
        List<Operation> history = new ArrayList<>();
        for (int i = 1; i <= 30; i++) {
            history.add(unknown(i, new Write(i), 1));
        }
        history.add(at(new Read(99), 2, 3));
        assertThat(RegisterChecker.check(history, 100_000)).isEqualTo(new Verdict.Undecided(100_000));
    }

    private static Operation at(Action action, long invoked, long returned) {
        return done(0, action, invoked, returned, 0);
    }

    private static void assertCorrect(Operation... history) {
        assertThat(RegisterChecker.check(List.of(history))).isEqualTo(new Verdict.Correct());
    }

    private static void assertWrong(Operation... history) {
        assertThat(RegisterChecker.check(List.of(history))).isInstanceOf(Verdict.Wrong.class);
    }
}
