/** What is measured, in which order, and what follows from the figures. */
@NullMarked
package io.vectordb.benchmarks.run;

import org.jspecify.annotations.NullMarked;
