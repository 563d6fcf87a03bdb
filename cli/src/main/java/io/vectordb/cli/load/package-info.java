/** Filings into passages of a collection: what is new, what changed, what is gone. */
@NullMarked
package io.vectordb.cli.load;

import org.jspecify.annotations.NullMarked;
