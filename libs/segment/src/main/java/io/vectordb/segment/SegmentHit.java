package io.vectordb.segment;

import io.vectordb.v1.RecordKey;

/**
 * A record that a search found.
 *
 * @param part which segment of the view that gave it
 * @param ordinal of the row in there
 * @param seq the version of the record
 * @param distance in the metric's own meaning; 0 where nothing was measured
 */
public record SegmentHit(int part, int ordinal, RecordKey key, long seq, double distance) {}
