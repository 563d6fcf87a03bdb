/** All services in one process: the embedded default. The only module that depends on services. */
@NullMarked
package io.vectordb.standalone;

import org.jspecify.annotations.NullMarked;
