package io.vectordb.e2e.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tells whether a set lost, doubled, revived or made up an element. Each element is added at most once and then removed at
 * most once; reads of it may come at any time, and one of all elements at the end.
 *
 * <p>Weaker than {@link RegisterChecker}, since it looks at each element's own changes only, and linear: for as many
 * elements as one likes.
 */
public final class SetChecker {

    private final String key;
    private final List<Operation> reads;
    private final Optional<Operation> addition;
    private final Optional<Operation> removal;

    private SetChecker(String key, List<Operation> history) {
        this.key = key;
        reads = history.stream()
                .filter(each -> each.action() instanceof Action.Read)
                .sorted(Comparator.comparingLong(Operation::returned))
                .toList();
        addition = change(history, true);
        removal = change(history, false);
    }

    private Optional<Operation> change(List<Operation> history, boolean isAddition) {
        List<Operation> changes = history.stream()
                .filter(each -> !(each.action() instanceof Action.Read))
                .filter(each -> (each.value() != Action.ABSENT) == isAddition)
                .toList();
        if (changes.size() > 1) {
            throw new IllegalArgumentException(key + " is added or removed twice: " + changes);
        }
        return changes.stream().findFirst();
    }

    /**
     * Checks all elements.
     *
     * @param histories by key, without the reads of all elements
     * @param listing the keys that a listing of everything gave after the last operation; a key comes as often as it was there
     * @return what is wrong, empty when nothing is
     */
    public static List<String> check(Map<String, List<Operation>> histories, List<String> listing) {
        List<String> wrong = new ArrayList<>();
        Map<String, Integer> listed = new HashMap<>();
        listing.forEach(key -> listed.merge(key, 1, Integer::sum));
        listed.forEach((key, times) -> {
            if (times > 1) {
                wrong.add("duplicated: " + key + " was listed " + times + " times");
            }
            if (!histories.containsKey(key)) {
                wrong.add("made up: " + key + " was listed and nobody added it");
            }
        });
        histories.forEach((key, history) -> {
            List<Operation> whole = new ArrayList<>(history);
            long value = listed.containsKey(key) ? 1 : Action.ABSENT;
            whole.add(Operation.done(-1, new Action.Read(value), Long.MAX_VALUE - 1, Long.MAX_VALUE - 1, 0));
            new SetChecker(key, whole).check(wrong);
        });
        return wrong;
    }

    private void check(List<String> wrong) {
        for (Operation read : reads) {
            if (read.value() == Action.ABSENT) {
                whyItMustBeThere(read).ifPresent(why -> wrong.add("lost: " + key + ", " + why + ": " + read));
            } else {
                whyItMustBeGone(read).ifPresent(why -> wrong.add(why + ": " + read));
            }
        }
    }

    /** It was there before the read, and nobody had begun to remove it when the read was over. */
    private Optional<String> whyItMustBeThere(Operation read) {
        if (removal.isPresent() && removal.get().invoked() <= read.returned()) {
            return Optional.empty();
        }
        if (addition.isPresent() && addition.get().returned() < read.invoked()) {
            return Optional.of("added by " + addition.get());
        }
        return earlier(read, true).map(each -> "seen by " + each);
    }

    private Optional<String> whyItMustBeGone(Operation read) {
        if (addition.isEmpty() || addition.get().invoked() > read.returned()) {
            return Optional.of("made up: " + key + " was there before anybody added it");
        }
        if (removal.isPresent() && removal.get().returned() < read.invoked()) {
            return Optional.of("resurrected: " + key + ", removed by " + removal.get());
        }
        return earlier(read, false)
                .filter(gone -> removal.isPresent() && removal.get().invoked() <= gone.returned())
                .filter(gone -> addition.get().returned() < gone.invoked()
                        || earlier(gone, true).isPresent())
                .map(gone -> "resurrected: " + key + ", seen to be gone by " + gone);
    }

    private Optional<Operation> earlier(Operation read, boolean isThere) {
        return reads.stream()
                .filter(each -> each.returned() < read.invoked())
                .filter(each -> (each.value() != Action.ABSENT) == isThere)
                .findFirst();
    }
}
