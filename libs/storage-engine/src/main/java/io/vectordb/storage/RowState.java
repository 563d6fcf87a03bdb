package io.vectordb.storage;

import io.vectordb.internal.storage.v1.StoredRecord;

/** What a record is before or after an op. */
sealed interface RowState {

    /** There is no such record, or no longer. */
    record Absent() implements RowState {}

    /** As an earlier log entry left it. */
    record Stored(long seq) implements RowState {}

    /** As the log entry in progress leaves it so far. */
    record Written(long seq, StoredRecord content) implements RowState {}

    RowState ABSENT = new Absent();

    /** The seq that a condition compares; 0: absent. */
    default long seqOrZero() {
        return switch (this) {
            case Absent() -> 0;
            case Stored(long seq) -> seq;
            case Written(long seq, StoredRecord content) -> seq;
        };
    }

    default boolean exists() {
        return !(this instanceof Absent);
    }
}
