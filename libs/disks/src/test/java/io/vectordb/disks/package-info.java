@NullMarked
package io.vectordb.disks;

import org.jspecify.annotations.NullMarked;
