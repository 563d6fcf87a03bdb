package io.vectordb.e2e.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.e2e.history.Operation.Outcome;
import io.vectordb.testkit.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RegisterCheckerRandomizedTest {

    private static final int HISTORIES = 300;

    private final SplittableRandom random = Seeds.splittable(RegisterCheckerRandomizedTest.class);

    @Test
    void historiesOfARegisterAreCorrect() {
        for (int i = 0; i < HISTORIES; i++) {
            List<Operation> history = register().run(5, 60).history();
            assertThat(RegisterChecker.check(history))
                    .as("%s", RegisterChecker.tell(history))
                    .isEqualTo(new Verdict.Correct());
        }
    }

    @ParameterizedTest
    @EnumSource
    void historiesWithABugAreWrong(SimulatedRegister.Bug bug) {
        for (int i = 0; i < HISTORIES; i++) {
            List<Operation> history = register()
                    .run(5, random.nextInt(40))
                    .plant(bug)
                    .run(5, random.nextInt(40))
                    .history();
            assertThat(RegisterChecker.check(history))
                    .as("%s", RegisterChecker.tell(history))
                    .isInstanceOf(Verdict.Wrong.class);
        }
    }

    @Test
    void shortHistoriesAreJudgedAsByTryingAllOrders() {
        int correct = 0;
        for (int i = 0; i < 20_000; i++) {
            List<Operation> history = anyHistory(1 + random.nextInt(6));
            boolean expected = AllOrders.explain(history);
            correct += expected ? 1 : 0;
            assertThat(RegisterChecker.check(history) instanceof Verdict.Correct)
                    .as("%s", RegisterChecker.tell(history))
                    .isEqualTo(expected);
        }
        assertThat(correct).isBetween(1_000, 19_000);
    }

    @Test
    @Timeout(value = 30, unit = TimeUnit.SECONDS)
    void longHistoriesOfOneKeyAreJudgedQuickly() {
        long begun = System.nanoTime();
        List<Operation> history =
                new SimulatedRegister(random.split(), 0.002).run(6, 5_000).history();
        assertThat(RegisterChecker.check(history)).isEqualTo(new Verdict.Correct());
        System.out.println(history.size() + " operations of one key judged in "
                + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun) + " ms");
    }

    private SimulatedRegister register() {
        return new SimulatedRegister(random.split(), random.nextDouble() * 0.1);
    }

    /** Operations with answers that mean nothing: some fit by chance. */
    private List<Operation> anyHistory(int size) {
        List<Operation> history = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            long invoked = random.nextInt(12);
            long returned = invoked + random.nextInt(6);
            long own = i + 1;
            long other = random.nextInt(size + 1);
            history.add(
                    switch (random.nextInt(8)) {
                        case 0, 1 -> Operation.done(i, new Action.Write(own), invoked, returned, 0);
                        case 2 -> Operation.done(i, new Action.CompareAndSet(other, own), invoked, returned, 0);
                        case 3 -> Operation.refused(i, new Action.CompareAndSet(other, own), invoked, returned);
                        case 4 -> Operation.unknown(i, new Action.Write(own), invoked);
                        case 5 -> Operation.unknown(i, new Action.CompareAndSet(other, own), invoked);
                        default -> Operation.done(i, new Action.Read(other), invoked, returned, 0);
                    });
        }
        return history;
    }

    /** The definition itself: some order of the operations, each of unknown outcome in it or not, fits time and answers. */
    private static final class AllOrders {

        static boolean explain(List<Operation> history) {
            return explain(history, Action.ABSENT);
        }

        private static boolean explain(List<Operation> left, long value) {
            if (left.stream().noneMatch(Operation::isKnown)) {
                return true;
            }
            for (Operation next : left) {
                boolean tooEarly = left.stream().anyMatch(each -> each.returned() < next.invoked());
                if (!tooEarly && fits(next, value)) {
                    List<Operation> fewer = new ArrayList<>(left);
                    fewer.remove(next);
                    if (explain(fewer, next.outcome() == Outcome.REFUSED ? value : next.value())) {
                        return true;
                    }
                }
            }
            return false;
        }

        private static boolean fits(Operation next, long value) {
            return switch (next.action()) {
                case Action.Read(long read) -> read == value;
                case Action.Write _ -> true;
                case Action.CompareAndSet(long expected, long _) ->
                    (expected == value) == (next.outcome() != Outcome.REFUSED);
            };
        }
    }
}
