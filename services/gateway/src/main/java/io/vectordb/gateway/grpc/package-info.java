/** The public gRPC services. */
@NullMarked
package io.vectordb.gateway.grpc;

import org.jspecify.annotations.NullMarked;
