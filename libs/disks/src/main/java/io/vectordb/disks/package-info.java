/**
 * The data folders of a node, each thought of as a disk of its own: who it is, how full it is, and whether it still works.
 *
 * <p>{@link io.vectordb.disks.DiskSet} opens them. What is stored on a disk is the business of others, each below a folder of
 * its own.
 */
@NullMarked
package io.vectordb.disks;

import org.jspecify.annotations.NullMarked;
