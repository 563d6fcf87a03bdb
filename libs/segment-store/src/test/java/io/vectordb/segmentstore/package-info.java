@NullMarked
package io.vectordb.segmentstore;

import org.jspecify.annotations.NullMarked;
