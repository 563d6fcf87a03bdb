/** Messages of the public API as JSON and back. */
@NullMarked
package io.vectordb.gateway.json;

import org.jspecify.annotations.NullMarked;
