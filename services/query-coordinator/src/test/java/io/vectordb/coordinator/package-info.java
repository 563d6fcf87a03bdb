@NullMarked
package io.vectordb.coordinator;

import org.jspecify.annotations.NullMarked;
