@NullMarked
package io.vectordb.backup;

import org.jspecify.annotations.NullMarked;
