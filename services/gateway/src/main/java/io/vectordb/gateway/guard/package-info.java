/** What a request must satisfy before it leaves the gateway, whichever way it came in. */
@NullMarked
package io.vectordb.gateway.guard;

import org.jspecify.annotations.NullMarked;
