/** What clients did and saw, and whether a correct store can have answered so; needs no cluster. */
@NullMarked
package io.vectordb.e2e.history;

import org.jspecify.annotations.NullMarked;
