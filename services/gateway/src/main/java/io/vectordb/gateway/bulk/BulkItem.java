package io.vectordb.gateway.bulk;

import io.vectordb.v1.ItemError;
import io.vectordb.v1.WriteOp;

/** What became of one line. */
sealed interface BulkItem {

    /** Its number, from 1, blank lines counted. */
    long line();

    /**
     * A line to forward.
     *
     * @param bytes of its text
     */
    record Accepted(long line, WriteOp op, int bytes) implements BulkItem {}

    /** A line that is wrong in itself: reported, not forwarded. */
    record Refused(long line, ItemError error) implements BulkItem {}
}
