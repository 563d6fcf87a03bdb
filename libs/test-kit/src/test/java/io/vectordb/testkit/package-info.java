@NullMarked
package io.vectordb.testkit;

import org.jspecify.annotations.NullMarked;
