/** A cluster of processes to which everything happens that may, and clients whose histories must be correct all the same. */
@NullMarked
package io.vectordb.e2e.fault;

import org.jspecify.annotations.NullMarked;
