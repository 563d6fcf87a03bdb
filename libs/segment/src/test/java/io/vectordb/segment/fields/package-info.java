@NullMarked
package io.vectordb.segment.fields;

import org.jspecify.annotations.NullMarked;
