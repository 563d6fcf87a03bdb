@NullMarked
package io.vectordb.edgar;

import org.jspecify.annotations.NullMarked;
