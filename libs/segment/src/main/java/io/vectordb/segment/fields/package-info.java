/**
 * The scalar fields of a sealed segment as a Lucene index, so that a filter becomes a set of ordinals.
 *
 * <p>{@link io.vectordb.segment.fields.FieldIndexWriter} indexes every value by its path and kind, without a schema;
 * {@link io.vectordb.segment.fields.FieldIndex} answers conditions with the meaning of
 * {@link io.vectordb.query.RowPredicate}. The ordinal of a row is its document number.
 */
@NullMarked
package io.vectordb.segment.fields;

import org.jspecify.annotations.NullMarked;
