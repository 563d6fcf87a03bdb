/** Tests of replicated logs, on real nodes over loopback. */
@NullMarked
package io.vectordb.raft;

import org.jspecify.annotations.NullMarked;
