package io.vectordb.e2e.fault;

/** One thing that a client does, again and again. */
interface Step {

    /** Does it; says whether it was answered. */
    boolean run();
}
