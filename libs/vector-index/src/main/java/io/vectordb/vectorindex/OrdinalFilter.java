package io.vectordb.vectorindex;

/**
 * Says which records may be results, by their ordinals.
 *
 * <p>Called on the searching thread; it must not search itself, since a thread has one set of search buffers.
 */
@FunctionalInterface
public interface OrdinalFilter {

    /** Lets every record pass; recognised by identity, so that it costs nothing. */
    OrdinalFilter ALL = ordinal -> true;

    boolean test(int ordinal);
}
