/** What the public API is, read off the generated descriptors: rpcs, their routes, their stages. */
@NullMarked
package io.vectordb.gateway.api;

import org.jspecify.annotations.NullMarked;
