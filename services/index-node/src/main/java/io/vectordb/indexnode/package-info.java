/** The index node: searchable views of the shards that metadata assigns to it. */
@NullMarked
package io.vectordb.indexnode;

import org.jspecify.annotations.NullMarked;
