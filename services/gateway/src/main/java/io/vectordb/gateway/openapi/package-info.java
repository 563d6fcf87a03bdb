/** The OpenAPI description of the routes. */
@NullMarked
package io.vectordb.gateway.openapi;

import org.jspecify.annotations.NullMarked;
