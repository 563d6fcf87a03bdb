package io.vectordb.segment.fields;

import io.vectordb.vectorindex.OrdinalSet;

/**
 * The rows that pass a filter, as far as the index can tell.
 *
 * @param ordinals of the rows; a filter for searches as it stands where {@code exact}
 * @param exact whether these are the rows that pass; otherwise all that pass are among them, and
 *     {@link io.vectordb.query.RowPredicate} has to be asked for each
 */
public record OrdinalMatches(OrdinalSet ordinals, boolean exact) {}
