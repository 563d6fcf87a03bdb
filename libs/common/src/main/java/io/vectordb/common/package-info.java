/** Ids, error codes and small values that every module shares; nothing but the JDK. */
@NullMarked
package io.vectordb.common;

import org.jspecify.annotations.NullMarked;
