@NullMarked
package io.vectordb.segmentstore.grpc;

import org.jspecify.annotations.NullMarked;
