/** Rules that the public API keeps, checked on its descriptors. */
@NullMarked
package io.vectordb.proto;

import org.jspecify.annotations.NullMarked;
