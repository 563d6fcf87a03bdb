package io.vectordb.vectorindex;

/** How a filtered search goes about it. */
enum FilterPlan {
    /** Compare all that pass. */
    SCAN,
    /** Walk the graph, and ask the filter about what is near. */
    WALK,
    /** Walk among what passes alone, behind whose neighbours that fail it looks for others. */
    TWO_HOP
}
