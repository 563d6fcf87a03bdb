package io.vectordb.disks;

import java.util.Locale;
import java.util.UUID;

/**
 * The name that a disk got when it was formatted, and keeps wherever it is mounted. No other disk ever has it.
 *
 * @param value a UUID in lower case
 */
public record DiskId(String value) implements Comparable<DiskId> {

    public DiskId {
        value = UUID.fromString(value).toString().toLowerCase(Locale.ROOT);
    }

    static DiskId random() {
        return new DiskId(UUID.randomUUID().toString());
    }

    @Override
    public int compareTo(DiskId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
