/**
 * The rules of the house about classes and packages, and the test that holds every module to them.
 *
 * <p>Surefire runs {@link io.vectordb.arch.ArchitectureTest} in each module from this module's jar, over what that module
 * has compiled; see {@code dependenciesToScan} in the root {@code pom.xml}.
 */
@NullMarked
package io.vectordb.arch;

import org.jspecify.annotations.NullMarked;
