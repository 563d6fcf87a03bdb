@NullMarked
package io.vectordb.storage;

import org.jspecify.annotations.NullMarked;
