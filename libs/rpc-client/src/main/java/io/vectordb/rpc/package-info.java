/** How services call each other: channels, deadlines, retries, the mapping of errors, and following the metadata. */
@NullMarked
package io.vectordb.rpc;

import org.jspecify.annotations.NullMarked;
