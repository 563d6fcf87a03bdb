package io.vectordb.cli.load;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The counts of a load. Thread-safe. */
public final class LoadReport {

    private final Map<String, List<Path>> skipped = new TreeMap<>();
    private final Map<String, Rejections> rejected = new TreeMap<>();
    private int files;
    private int filings;
    private long created;
    private long changed;
    private long unchanged;
    private long removed;
    private long stored;

    /**
     * Passages that the server refused with one code.
     *
     * @param example the first message
     */
    public record Rejections(long count, String example) {}

    /** A snapshot for people and programs. */
    public record Counts(
            int files,
            int filings,
            long created,
            long changed,
            long unchanged,
            long removed,
            long stored,
            long rejected) {

        /** Whether the collection holds anything of what was read. */
        public boolean anythingLoaded() {
            return stored + unchanged > 0;
        }
    }

    synchronized void fileRead(int filingsInFile) {
        files++;
        filings += filingsInFile;
    }

    synchronized void fileSkipped(Path file, String reason) {
        skipped.computeIfAbsent(reason, r -> new ArrayList<>()).add(file);
    }

    synchronized void planned(long newPassages, long changedPassages, long unchangedPassages) {
        created += newPassages;
        changed += changedPassages;
        unchanged += unchangedPassages;
    }

    synchronized void passagesRemoved(long count) {
        removed += count;
    }

    synchronized void passagesStored(long count) {
        stored += count;
    }

    synchronized void passageRejected(String code, String message) {
        rejected.merge(code, new Rejections(1, message), (a, b) -> new Rejections(a.count() + 1, a.example()));
    }

    /** {@code created} and {@code changed} are what was to be written; {@code stored} is what the server acknowledged. */
    public synchronized Counts counts() {
        long refused = rejected.values().stream().mapToLong(Rejections::count).sum();
        return new Counts(files, filings, created, changed, unchanged, removed, stored, refused);
    }

    /** Files left out, by reason. */
    public synchronized Map<String, List<Path>> skipped() {
        Map<String, List<Path>> copy = new TreeMap<>();
        skipped.forEach((reason, paths) -> copy.put(reason, List.copyOf(paths)));
        return copy;
    }

    /** Passages the server refused, by code. */
    public synchronized Map<String, Rejections> rejected() {
        return new TreeMap<>(rejected);
    }
}
