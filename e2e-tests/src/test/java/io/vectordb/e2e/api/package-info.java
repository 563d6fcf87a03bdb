/** The public API as one server answers it, through REST and gRPC. */
@NullMarked
package io.vectordb.e2e.api;

import org.jspecify.annotations.NullMarked;
