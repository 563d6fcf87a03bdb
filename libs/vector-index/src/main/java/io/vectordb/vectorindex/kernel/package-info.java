/** Distance kernels over off-heap memory: portable ones on the Vector API, and native ones where the CPU and the build allow. */
@NullMarked
package io.vectordb.vectorindex.kernel;

import org.jspecify.annotations.NullMarked;
