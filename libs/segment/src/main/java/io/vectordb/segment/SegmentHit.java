package io.vectordb.segment;

import io.vectordb.v1.RecordKey;

/**
 * A record that a search found.
 *
 * @param ordinal of the row, valid for the view that gave it
 * @param seq the version of the record
 * @param distance in the metric's own meaning; 0 where nothing was measured
 */
public record SegmentHit(int ordinal, RecordKey key, long seq, double distance) {}
