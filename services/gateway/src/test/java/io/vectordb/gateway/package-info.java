@NullMarked
package io.vectordb.gateway;

import org.jspecify.annotations.NullMarked;
