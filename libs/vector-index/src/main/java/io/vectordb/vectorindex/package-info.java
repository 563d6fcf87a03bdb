/** Distance kernels, flat vector storage and the HNSW graph of one vector field; nothing but the JDK. */
@NullMarked
package io.vectordb.vectorindex;

import org.jspecify.annotations.NullMarked;
