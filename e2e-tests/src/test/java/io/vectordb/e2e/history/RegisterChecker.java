package io.vectordb.e2e.history;

import io.vectordb.e2e.history.Operation.Outcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Tells whether the history of one key is linearizable: whether each operation can have taken effect at one moment between
 * its call and its answer, so that a single register explains all answers.
 *
 * <p>The search is that of Wing and Gong (1993, "Testing and Verifying Concurrent Objects") with the memoisation of Lowe
 * (2017, "Testing for linearizability"): no set of operations is tried twice with the same value. A history of many keys is
 * linearizable when that of each key is. Operations of unknown outcome may take effect at any later time or never.
 *
 * <p>Versions are checked as well: a value has one version, and the value after it a higher one.
 *
 * <p>Cost: about linear in the operations, times the ways to choose among those that overlap; each of unknown outcome
 * overlaps all that follow and doubles the worst case.
 */
public final class RegisterChecker {

    private static final long MOST_STEPS = 20_000_000;
    private static final long NOT_POSSIBLE = -1;
    private static final int TOLD_OPERATIONS = 12;

    private final List<Operation> operations;
    private final Map<Long, Long> versions = new HashMap<>();
    /** Calls and answers by time, as a list that operations are taken from and put back into: n calls, n answers, the head. */
    private final int[] next;

    private final int[] previous;
    private final int head;

    private final Set<Configuration> seen = new HashSet<>();
    private final long[] applied;
    private final int[] stack;
    private final long[] valuesBefore;
    private int depth;
    private int knownLeft;
    private long value = Action.ABSENT;

    private int deepest = -1;
    private String explanation = "";

    private RegisterChecker(List<Operation> history) {
        operations = List.copyOf(history);
        int count = operations.size();
        next = new int[2 * count + 1];
        previous = new int[2 * count + 1];
        head = 2 * count;
        applied = new long[(count + 63) / 64];
        stack = new int[count];
        valuesBefore = new long[count];
        knownLeft = (int) operations.stream().filter(Operation::isKnown).count();
        linkByTime();
    }

    /** Which operations have taken effect, and the value since. */
    private record Configuration(long[] applied, long value) {

        @Override
        public boolean equals(Object other) {
            return other instanceof Configuration that && value == that.value && Arrays.equals(applied, that.applied);
        }

        @Override
        public int hashCode() {
            return 31 * Arrays.hashCode(applied) + Long.hashCode(value);
        }
    }

    /** Checks the history of one key that begins absent; the operations come in any order. */
    public static Verdict check(List<Operation> history) {
        return check(history, MOST_STEPS);
    }

    static Verdict check(List<Operation> history, long mostSteps) {
        RegisterChecker checker = new RegisterChecker(history);
        Optional<String> twice = checker.collectVersions();
        return twice.<Verdict>map(Verdict.Wrong::new).orElseGet(() -> checker.search(mostSteps));
    }

    /** A value that was written once has one version. */
    private Optional<String> collectVersions() {
        for (Operation operation : operations) {
            if (operation.seq() > 0 && operation.value() != Action.ABSENT) {
                Long other = versions.put(operation.value(), operation.seq());
                if (other != null && other != operation.seq()) {
                    return Optional.of("value " + operation.value() + " has the versions " + other + " and "
                            + operation.seq() + ": it was applied twice, or replicas differ");
                }
            }
        }
        return Optional.empty();
    }

    private void linkByTime() {
        int count = operations.size();
        // At the same moment calls come first: then the operations overlap, which accuses nobody wrongly.
        List<Integer> events = IntStream.range(0, 2 * count)
                .boxed()
                .sorted(Comparator.<Integer>comparingLong(this::time).thenComparing(event -> event))
                .toList();
        int last = head;
        for (int event : events) {
            next[last] = event;
            previous[event] = last;
            last = event;
        }
        next[last] = head;
        previous[head] = last;
    }

    private long time(int event) {
        int count = operations.size();
        return event < count
                ? operations.get(event).invoked()
                : operations.get(event - count).returned();
    }

    private Verdict search(long mostSteps) {
        int event = next[head];
        for (long step = 0; knownLeft > 0; step++) {
            if (step == mostSteps) {
                return new Verdict.Undecided(step);
            }
            if (event < operations.size()) {
                event = tryToApply(event) ? next[head] : next[event];
            } else {
                // Its answer came before anything that could explain it: what was applied last was the wrong choice.
                explain(event - operations.size());
                if (depth == 0) {
                    return new Verdict.Wrong(explanation);
                }
                event = next[takeBack()];
            }
        }
        return new Verdict.Correct();
    }

    private boolean tryToApply(int operation) {
        long after = valueAfter(operations.get(operation));
        if (after == NOT_POSSIBLE) {
            return false;
        }
        applied[operation / 64] |= 1L << operation;
        if (!seen.add(new Configuration(applied.clone(), after))) {
            applied[operation / 64] &= ~(1L << operation);
            return false;
        }
        stack[depth] = operation;
        valuesBefore[depth++] = value;
        value = after;
        knownLeft -= operations.get(operation).isKnown() ? 1 : 0;
        unlink(operation);
        unlink(operation + operations.size());
        return true;
    }

    private int takeBack() {
        int operation = stack[--depth];
        value = valuesBefore[depth];
        applied[operation / 64] &= ~(1L << operation);
        knownLeft += operations.get(operation).isKnown() ? 1 : 0;
        relink(operation + operations.size());
        relink(operation);
        return operation;
    }

    private void unlink(int event) {
        next[previous[event]] = next[event];
        previous[next[event]] = previous[event];
    }

    private void relink(int event) {
        next[previous[event]] = event;
        previous[next[event]] = event;
    }

    private long valueAfter(Operation operation) {
        return switch (operation.action()) {
            case Action.Read(long read) -> read == value ? value : NOT_POSSIBLE;
            case Action.Write(long written) -> written(written);
            case Action.CompareAndSet(long expected, long written) -> {
                if (operation.outcome() == Outcome.REFUSED) {
                    yield expected == value ? NOT_POSSIBLE : value;
                }
                yield expected == value ? written(written) : NOT_POSSIBLE;
            }
        };
    }

    private long written(long written) {
        long before = versions.getOrDefault(value, 0L);
        long after = versions.getOrDefault(written, Long.MAX_VALUE);
        return after > before ? written : NOT_POSSIBLE;
    }

    private void explain(int operation) {
        if (depth > deepest) {
            deepest = depth;
            String before = IntStream.range(Math.max(0, depth - TOLD_OPERATIONS), depth)
                    .mapToObj(each -> "  " + operations.get(stack[each]))
                    .collect(Collectors.joining("\n"));
            explanation = "after " + depth + " of " + operations.size() + " operations the value is " + value
                    + ", and nothing explains\n  " + operations.get(operation) + "\nthe last ones before:\n" + before;
        }
    }

    /** All operations of a history that a checker calls wrong, by time, for people. */
    public static String tell(List<Operation> history) {
        List<Operation> byTime = new ArrayList<>(history);
        byTime.sort(Comparator.comparingLong(Operation::invoked));
        return byTime.stream().map(Objects::toString).collect(Collectors.joining("\n"));
    }
}
