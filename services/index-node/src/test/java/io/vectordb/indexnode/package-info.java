@NullMarked
package io.vectordb.indexnode;

import org.jspecify.annotations.NullMarked;
