@NullMarked
package io.vectordb.rpc;

import org.jspecify.annotations.NullMarked;
