/** Bulk writing over HTTP: lines of JSON in, lines of JSON out. */
@NullMarked
package io.vectordb.gateway.bulk;

import org.jspecify.annotations.NullMarked;
