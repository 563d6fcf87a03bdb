package io.vectordb.benchmarks.engine;

import io.vectordb.benchmarks.data.Similarity;

/**
 * What every engine is told when it starts.
 *
 * @param m neighbours of a node on upper levels; level 0 has twice as many in every engine
 */
public record EngineSettings(Similarity similarity, int dimension, int m, int efConstruction) {}
