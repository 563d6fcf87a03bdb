/** The segment store over gRPC: {@link io.vectordb.segmentstore.grpc.SegmentGrpcService} serves, {@link io.vectordb.segmentstore.grpc.SegmentTransfer} fetches and puts. */
@NullMarked
package io.vectordb.segmentstore.grpc;

import org.jspecify.annotations.NullMarked;
