package io.vectordb.storagenode;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vectordb.backup.Pace;
import java.util.concurrent.TimeUnit;

/** The meters of backups on a storage node. */
final class BackupMetrics {

    private final MeterRegistry meters;
    private final Counter bytes;
    private final Counter newBytes;
    private final Counter records;

    BackupMetrics(MeterRegistry meters) {
        this.meters = meters;
        this.bytes = Counter.builder("vectordb.backup.bytes")
                .description("Bytes read and written for backups and restores")
                .register(meters);
        this.newBytes = Counter.builder("vectordb.backup.new.bytes")
                .description("Bytes that targets did not have before")
                .register(meters);
        this.records = Counter.builder("vectordb.backup.restored.records")
                .description("Records written to shards by restores")
                .register(meters);
    }

    Pace pace() {
        return bytes::increment;
    }

    void stored(long count) {
        newBytes.increment(count);
    }

    void restored(long count) {
        records.increment(count);
    }

    /** The work on one shard ended. */
    void ended(String kind, boolean failed, long nanos) {
        Timer.builder("vectordb.backup.shards")
                .description("Shards backed up or restored by this node")
                .tag("kind", kind)
                .tag("outcome", failed ? "failed" : "done")
                .register(meters)
                .record(nanos, TimeUnit.NANOSECONDS);
    }
}
