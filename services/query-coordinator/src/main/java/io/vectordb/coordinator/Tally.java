package io.vectordb.coordinator;

import io.vectordb.v1.Progress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Sums what several shards tell of themselves into the progress of one operation. Thread-safe. */
final class Tally {

    private final Operations.Handle handle;
    private final String phase;
    private final String unit;
    private final long total;
    private final ConcurrentMap<String, Long> done = new ConcurrentHashMap<>();

    /** @param total 0: not known */
    Tally(Operations.Handle handle, String phase, String unit, long total) {
        this.handle = handle;
        this.phase = phase;
        this.unit = unit;
        this.total = total;
        tell();
    }

    void reached(String shard, long amount) {
        done.put(shard, amount);
        tell();
    }

    private void tell() {
        handle.progress(Progress.newBuilder()
                .setPhase(phase)
                .setUnit(unit)
                .setDone(done.values().stream().mapToLong(Long::longValue).sum())
                .setTotal(total)
                .build());
    }
}
