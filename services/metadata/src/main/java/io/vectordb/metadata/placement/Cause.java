package io.vectordb.metadata.placement;

/** Why something is moved, the most urgent first. */
public enum Cause {
    SAFETY,
    DRAIN,
    DISK,
    ZONE,
    BYTES,
    LOAD,
    LEADERS;

    /** Whether it may wait while anything of the others is to be done. */
    boolean isBalance() {
        return switch (this) {
            case ZONE, BYTES, LOAD, LEADERS -> true;
            case SAFETY, DRAIN, DISK -> false;
        };
    }
}
