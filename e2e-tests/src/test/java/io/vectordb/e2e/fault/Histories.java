package io.vectordb.e2e.fault;

import io.vectordb.e2e.history.Operation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What all clients did, by key. Thread-safe. */
final class Histories {

    private final Map<String, List<Operation>> byKey = new ConcurrentSkipListMap<>();
    private final Map<String, LongAdder> failures = new ConcurrentSkipListMap<>();
    private final ConcurrentSkipListSet<String> violations = new ConcurrentSkipListSet<>();
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong unknown = new AtomicLong();

    void add(String key, Operation operation) {
        List<Operation> history = byKey.computeIfAbsent(key, _ -> new ArrayList<>());
        synchronized (history) {
            history.add(operation);
        }
        (operation.outcome() == Operation.Outcome.UNKNOWN ? unknown : done).incrementAndGet();
    }

    /** Counts a call that told nothing, by its code. */
    void failed(String code) {
        failures.computeIfAbsent(code, _ -> new LongAdder()).increment();
    }

    /** How many calls told nothing, by code. */
    Map<String, Long> failures() {
        Map<String, Long> counts = new TreeMap<>();
        failures.forEach((code, count) -> counts.put(code, count.sum()));
        return counts;
    }

    /** Notes what must not happen whatever the order of the operations. */
    void violation(String what) {
        violations.add(what);
    }

    List<String> violations() {
        return List.copyOf(violations);
    }

    /** How many operations were answered. */
    long done() {
        return done.get();
    }

    /** The histories of all keys that begin so. */
    Map<String, List<Operation>> ofKeys(String prefix) {
        Map<String, List<Operation>> found = new TreeMap<>();
        byKey.forEach((key, history) -> {
            if (key.startsWith(prefix)) {
                synchronized (history) {
                    found.put(key, List.copyOf(history));
                }
            }
        });
        return found;
    }

    /** Writes everything as EDN, one operation a line. */
    void save(Path file) {
        List<String> lines = new ArrayList<>();
        ofKeys("")
                .forEach((key, history) -> history.stream()
                        .sorted(Comparator.comparingLong(Operation::invoked))
                        .forEach(operation -> lines.add(edn(key, operation))));
        try {
            Files.write(file, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String edn(String key, Operation operation) {
        return String.format(
                Locale.ROOT,
                "{:key \"%s\", :process %d, :outcome :%s, :action \"%s\", :seq %d, :invoked %d, :returned %d}",
                key,
                operation.client(),
                operation.outcome().name().toLowerCase(Locale.ROOT),
                operation.action(),
                operation.seq(),
                operation.invoked(),
                operation.returned());
    }

    @Override
    public String toString() {
        return done + " operations answered and " + unknown + " of unknown outcome on " + byKey.size()
                + " keys; calls that told nothing: " + failures;
    }
}
