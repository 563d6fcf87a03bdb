@NullMarked
package io.vectordb.gateway.bulk;

import org.jspecify.annotations.NullMarked;
