/** Calls to the query coordinator. */
@NullMarked
package io.vectordb.gateway.forward;

import org.jspecify.annotations.NullMarked;
