@NullMarked
package io.vectordb.cli.load;

import org.jspecify.annotations.NullMarked;
