package io.vectordb.vectorindex;

/**
 * Says which nodes may be results. A node that fails stays a waypoint of the walk.
 *
 * <p>Called on the searching thread, once per node that came near enough; it must not search itself, since a thread has
 * one set of search buffers.
 */
@FunctionalInterface
public interface NodeFilter {

    /** Lets every node pass; recognised by identity, so that it costs nothing. */
    NodeFilter ALL = node -> true;

    boolean test(int node);
}
