package io.vectordb.benchmarks.engine;

/** An engine that takes vectors while it is searched: one thread adds, another searches. */
interface GrowingEngine extends Engine {

    /** Begins anew, with no vectors. */
    void clear();

    /** Adds one vector, whose number is that of the vectors before it. */
    void add(float[] vector);
}
