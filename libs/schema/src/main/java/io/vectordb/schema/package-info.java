/**
 * The types of collections: the schema language, complete and compiled schemas, and the strict coercion of records,
 * patches and keys to the one canonical form in which they are stored.
 *
 * <p>Everything here is immutable or pure: any number of threads may use it at once.
 */
@NullMarked
package io.vectordb.schema;

import org.jspecify.annotations.NullMarked;
