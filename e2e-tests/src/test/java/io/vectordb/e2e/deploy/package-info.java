/** What the files for Docker Compose and Kubernetes promise, read without starting anything. */
@NullMarked
package io.vectordb.e2e.deploy;

import org.jspecify.annotations.NullMarked;
