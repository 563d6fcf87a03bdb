@NullMarked
package io.vectordb.gateway.json;

import org.jspecify.annotations.NullMarked;
