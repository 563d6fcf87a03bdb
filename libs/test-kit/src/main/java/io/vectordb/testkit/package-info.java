/** What tests of all modules share: seeds of random numbers that a failure names, free ports, and where the repository is. */
@NullMarked
package io.vectordb.testkit;

import org.jspecify.annotations.NullMarked;
