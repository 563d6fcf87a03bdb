/** Short codes for vectors, and distances estimated from them. */
@NullMarked
package io.vectordb.vectorindex.quantization;

import org.jspecify.annotations.NullMarked;
