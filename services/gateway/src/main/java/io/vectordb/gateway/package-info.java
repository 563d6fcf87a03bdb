/** The edge of the system: REST and public gRPC, both forwarded as the same messages to the query coordinator. */
@NullMarked
package io.vectordb.gateway;

import org.jspecify.annotations.NullMarked;
