package io.vectordb.benchmarks.data;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Which data to measure on, as it was asked for.
 *
 * @param name of a known set, a folder with {@code base.fvecs} and {@code query.fvecs}, or an {@code .fvecs} file
 * @param queries a file of queries, where the set brings none or others are wanted
 * @param similarity in place of that of the set
 * @param shared the folder in which known sets lie
 * @param cache where derived vectors and exact neighbours are kept between runs
 */
public record DatasetRequest(
        String name, @Nullable Path queries, @Nullable Similarity similarity, Path shared, Path cache) {}
