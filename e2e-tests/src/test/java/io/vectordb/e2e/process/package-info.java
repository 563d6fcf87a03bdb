/** The server as processes of this machine, its clients, and what must hold when processes are killed. */
@NullMarked
package io.vectordb.e2e.process;

import org.jspecify.annotations.NullMarked;
