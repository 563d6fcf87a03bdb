/** The HTTP side: routes, headers, bodies, problems. */
@NullMarked
package io.vectordb.gateway.rest;

import org.jspecify.annotations.NullMarked;
