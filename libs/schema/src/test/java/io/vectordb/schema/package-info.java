/** Tests of the schema language and of coercion. */
@NullMarked
package io.vectordb.schema;

import org.jspecify.annotations.NullMarked;
