package io.vectordb.benchmarks.engine;

import io.vectordb.benchmarks.data.Allowed;
import io.vectordb.benchmarks.data.VectorFile;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One library's index, built of a whole file and then searched.
 *
 * <p>Threading: one thread calls. What an engine cannot do it refuses with {@link UnsupportedOperationException}, and
 * the report says so.
 */
public interface Engine extends AutoCloseable {

    /** Of the library, as its jar or its package says. */
    String version();

    /**
     * Builds the index anew, in place of any before, and returns once it can be searched in its final form.
     *
     * @param threads how many may work on it at once
     */
    void build(VectorFile base, int threads) throws IOException;

    /** What the index built last occupies. */
    Footprint footprint() throws IOException;

    /**
     * Finds vectors near a query and writes their numbers, nearest first, to the start of {@code ids}.
     *
     * @param ids as long as hits are wanted
     * @param ef beam width, in whatever the library calls it
     * @param allowed which vectors may be found; all when null
     * @return how many were found
     */
    int search(float[] query, int ef, @Nullable Allowed allowed, int[] ids) throws IOException;

    @Override
    void close() throws IOException;
}
