/** One index of each library behind one interface, served over a line protocol by a JVM of its own. */
@NullMarked
package io.vectordb.benchmarks.engine;

import org.jspecify.annotations.NullMarked;
