/**
 * The query coordinator: validates and routes writes, fans searches out to index nodes and merges their answers, embeds
 * text. It keeps nothing but caches. Nothing here blocks.
 */
@NullMarked
package io.vectordb.coordinator;

import org.jspecify.annotations.NullMarked;
