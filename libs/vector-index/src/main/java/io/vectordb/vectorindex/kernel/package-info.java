/** Distance kernels over off-heap memory, on the Vector API and in native code. */
@NullMarked
package io.vectordb.vectorindex.kernel;

import org.jspecify.annotations.NullMarked;
