@NullMarked
package io.vectordb.arch;

import org.jspecify.annotations.NullMarked;
