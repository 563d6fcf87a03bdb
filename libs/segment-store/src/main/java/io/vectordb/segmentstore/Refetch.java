package io.vectordb.segmentstore;

/**
 * Is asked to bring a file again that was lost or found damaged. The store has no network: the owner knows who else has
 * the file, and puts it like any other.
 *
 * <p>Called on the thread that found the damage, for each file once each time it is lost. Must not block and must not throw.
 */
@FunctionalInterface
public interface Refetch {

    void request(LostFile file);
}
