package io.vectordb.e2e.process;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the server has acknowledged, and whatever it did that it must not do. Thread-safe.
 *
 * <p>Every key is written by one writer alone, which raises the record's number with each write and goes on only when
 * its last write is settled: so what was acknowledged last is what must be there, or something later from the same writer.
 */
final class Ledger {

    /**
     * The state of a key that a writer was told of.
     *
     * @param number of the write; its vector follows from key and number
     * @param present false: the write was a delete
     * @param token of the answer
     */
    record Acknowledged(String key, long number, boolean present, long seq, String token) {}

    /** A step of the register: the version that a write with a condition made. */
    record Step(long value, long seq) {}

    private final ConcurrentMap<String, Acknowledged> byKey = new ConcurrentHashMap<>();
    private final ConcurrentMap<Long, Step> registerSteps = new ConcurrentHashMap<>();
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();
    private final AtomicLong writes = new AtomicLong();
    private final AtomicLong retries = new AtomicLong();
    private final AtomicLong replays = new AtomicLong();

    void acknowledge(Acknowledged write) {
        Acknowledged before = byKey.put(write.key(), write);
        if (before != null && write.present() && before.seq() >= write.seq()) {
            violation(write + " has no higher version than " + before);
        }
        writes.incrementAndGet();
    }

    void registerMoved(Step step) {
        Step before = registerSteps.putIfAbsent(step.value(), step);
        if (before != null) {
            violation(
                    "two writers were told that they made the register " + step.value() + ": " + before + ", " + step);
        }
        writes.incrementAndGet();
    }

    void violation(String what) {
        violations.add(what);
    }

    void retried() {
        retries.incrementAndGet();
    }

    void replayed() {
        replays.incrementAndGet();
    }

    /** How many writes were acknowledged so far. */
    long writes() {
        return writes.get();
    }

    List<String> violations() {
        return List.copyOf(violations);
    }

    /** The number that the register must have when nobody writes: one for each acknowledged step. */
    int registerSteps() {
        return registerSteps.size();
    }

    /** The keys that exist, with what was acknowledged of them, when nobody writes. */
    Map<String, Acknowledged> present() {
        Map<String, Acknowledged> present = new HashMap<>();
        byKey.forEach((key, state) -> {
            if (state.present()) {
                present.put(key, state);
            }
        });
        return present;
    }

    /** Any of the keys that are never deleted. */
    Acknowledged anyLasting(SplittableRandom random) {
        List<Acknowledged> lasting = byKey.values().stream()
                .filter(each -> each.key().startsWith(Writer.LASTING))
                .sorted(Comparator.comparing(Acknowledged::key))
                .toList();
        return lasting.get(random.nextInt(lasting.size()));
    }

    boolean hasLasting() {
        return byKey.keySet().stream().anyMatch(key -> key.startsWith(Writer.LASTING));
    }

    @Override
    public String toString() {
        return writes + " writes acknowledged, " + retries + " attempts repeated, " + replays
                + " answered from the table of request ids, register at " + registerSteps.size() + ", "
                + present().size() + " records";
    }
}
