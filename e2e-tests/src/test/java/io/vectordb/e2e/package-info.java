/** Scenarios against what is built and shipped: executable jars, images, the chart. */
@NullMarked
package io.vectordb.e2e;

import org.jspecify.annotations.NullMarked;
