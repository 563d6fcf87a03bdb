/** Tests of the metadata service, on a real log and over real calls. */
@NullMarked
package io.vectordb.metadata;

import org.jspecify.annotations.NullMarked;
