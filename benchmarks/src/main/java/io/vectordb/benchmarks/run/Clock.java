package io.vectordb.benchmarks.run;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;

/** By which time rates are computed. */
public enum Clock {
    /** What a user waits. */
    WALL("wall", "seconds"),
    /** While the searching thread was running: on a busy machine, without the time it waited for a core. */
    CPU("cpu", "cpu_seconds");

    private final String word;
    private final String value;

    Clock(String word, String value) {
        this.word = word;
        this.value = value;
    }

    public String word() {
        return word;
    }

    /** The name of its seconds in the protocol. */
    String value() {
        return value;
    }

    static Clock parse(String word) {
        for (Clock clock : values()) {
            if (clock.word.equals(word)) {
                return clock;
            }
        }
        throw new VectorDbException(ErrorCode.INVALID_VALUE, "expected a clock of wall or cpu, received " + word);
    }
}
