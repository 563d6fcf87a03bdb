@NullMarked
package io.vectordb.storagenode;

import org.jspecify.annotations.NullMarked;
