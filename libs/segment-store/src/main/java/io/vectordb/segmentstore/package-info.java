/**
 * Immutable files named by the hash of their content, over the disks of a node, and segments made of such files.
 *
 * <p>{@link io.vectordb.segmentstore.SegmentStore} is the whole of it; it knows no network.
 */
@NullMarked
package io.vectordb.segmentstore;

import org.jspecify.annotations.NullMarked;
