@NullMarked
package io.vectordb.metadata.placement;

import org.jspecify.annotations.NullMarked;
