@NullMarked
package io.vectordb.segment;

import org.jspecify.annotations.NullMarked;
