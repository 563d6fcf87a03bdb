/** Scenarios in containers; skipped where there is no Docker. */
@NullMarked
package io.vectordb.e2e.container;

import org.jspecify.annotations.NullMarked;
