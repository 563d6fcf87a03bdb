/**
 * The filter language: text and structured conditions become one checked tree, which is printed back as text and run
 * over records.
 *
 * <p>The tree is {@link io.vectordb.v1.Condition} of the public API: {@link io.vectordb.query.FilterParser} makes it
 * from text, {@link io.vectordb.query.FilterResolver} gives its names and values the types of a schema,
 * {@link io.vectordb.query.FilterPrinter} writes it as canonical text, and {@link io.vectordb.query.RowPredicate} runs
 * it. Conditions have SQL's three values, of which only true passes.
 *
 * <p>Everything here is immutable or pure: any number of threads may use it at once.
 */
@NullMarked
package io.vectordb.query;

import org.jspecify.annotations.NullMarked;
