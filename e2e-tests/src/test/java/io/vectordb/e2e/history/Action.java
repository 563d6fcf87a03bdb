package io.vectordb.e2e.history;

/**
 * What a client did to one key. Values are positive and no two changes of a key write the same one, except
 * {@link #ABSENT}: to write it is to delete, to read it is to find nothing.
 */
public sealed interface Action {

    /** There is no record. */
    long ABSENT = 0;

    /** A read that was answered with this value. */
    record Read(long value) implements Action {}

    /** A write or delete without a condition. */
    record Write(long value) implements Action {}

    /** A write or delete on condition that the value is the expected one. */
    record CompareAndSet(long expected, long value) implements Action {}
}
