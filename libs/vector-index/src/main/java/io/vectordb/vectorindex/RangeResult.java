package io.vectordb.vectorindex;

/**
 * What lies within a radius.
 *
 * @param hits nearest first
 * @param isCapped whether there is more within the radius than was to be returned; then these are the nearest of it
 */
public record RangeResult(SearchResult hits, boolean isCapped) {}
