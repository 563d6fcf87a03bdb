package io.vectordb.coordinator;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;

/** Times as the API says them. */
final class Durations {

    private static final long NANOS = 1_000_000_000;
    private static final long MICROS = 1_000_000;

    private Durations() {}

    static Duration ofNanos(long nanos) {
        return Duration.newBuilder()
                .setSeconds(nanos / NANOS)
                .setNanos((int) (nanos % NANOS))
                .build();
    }

    static Duration since(long startNanos) {
        return ofNanos(System.nanoTime() - startNanos);
    }

    static Timestamp ofEpochMicros(long micros) {
        return Timestamp.newBuilder()
                .setSeconds(Math.floorDiv(micros, MICROS))
                .setNanos((int) Math.floorMod(micros, MICROS) * 1_000)
                .build();
    }
}
