/** The Spring side that every service shares: the internal gRPC server, the cluster's view, readiness, metrics. */
@NullMarked
package io.vectordb.service;

import org.jspecify.annotations.NullMarked;
