package io.vectordb.benchmarks.engine;

/**
 * The bytes of an index by the library's own account.
 *
 * @param searchBytes what a walk touches: links, and the vectors or codes it compares
 * @param rescoreBytes vectors in full precision that are read for the last candidates only, where they lie apart
 */
public record Footprint(long searchBytes, long rescoreBytes) {}
