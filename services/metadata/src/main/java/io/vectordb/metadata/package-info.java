/**
 * The metadata service: nodes, collections, schemas and the shard map, in a replicated log of their own, and the stream
 * by which everything else follows them. It is not on the path of data.
 */
@NullMarked
package io.vectordb.metadata;

import org.jspecify.annotations.NullMarked;
