/** Backups as files named by their content: where they lie, what belongs together, whether it is whole. */
@NullMarked
package io.vectordb.backup;

import org.jspecify.annotations.NullMarked;
