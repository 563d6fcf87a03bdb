/** A cluster in simulated time around the real planner. */
@NullMarked
package io.vectordb.metadata.placement.simulation;

import org.jspecify.annotations.NullMarked;
