package io.vectordb.benchmarks.data;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds or makes the data of a run: known sets by name, any folder or file by path, and {@code minilm-1m}, made of real
 * vectors and noise.
 *
 * <p>What is derived (vectors of unit length, held-out queries, exact neighbours) is kept in the cache folder and made
 * again when its source is newer.
 */
public final class Datasets {

    /** How many neighbours are computed per query, where a set brings none. */
    static final int NEIGHBORS = 100;

    private static final int HELD_OUT = 1_000;
    private static final String REAL = "sec-minilm-384";
    private static final Pattern NOISY = Pattern.compile("minilm-([0-9]+)(k|m)");
    private static final Map<String, Similarity> KNOWN =
            Map.of("glove-100-angular", Similarity.COSINE, REAL, Similarity.COSINE, "bigann10k-128", Similarity.L2);

    private final DatasetRequest request;
    private final Consumer<String> progress;

    private Datasets(DatasetRequest request, Consumer<String> progress) {
        this.request = request;
        this.progress = progress;
    }

    /** @throws VectorDbException when there is no such set, or a file is not what its name says */
    public static Dataset resolve(DatasetRequest request, Consumer<String> progress) throws IOException {
        return new Datasets(request, progress).resolve();
    }

    private Dataset resolve() throws IOException {
        Matcher noisy = NOISY.matcher(request.name());
        if (noisy.matches()) {
            return noisy(Integer.parseInt(noisy.group(1)) * (noisy.group(2).equals("m") ? 1_000_000 : 1_000));
        }
        Path path = Path.of(request.name());
        if (KNOWN.containsKey(request.name()) && !Files.exists(path)) {
            path = request.shared().resolve(request.name());
        }
        if (Files.isDirectory(path)) {
            return folder(path);
        }
        if (Files.isRegularFile(path)) {
            return file(path);
        }
        throw new VectorDbException(
                ErrorCode.INVALID_VALUE,
                "there is no data set " + request.name() + ": expected a folder, an .fvecs file, minilm-1m, or one of "
                        + String.join(", ", KNOWN.keySet().stream().sorted().toList()) + " in " + request.shared());
    }

    private Dataset noisy(int count) throws IOException {
        Path real = request.shared().resolve(REAL);
        VectorFile source = VectorFile.open(real.resolve("base.fvecs"));
        Path made = request.cache().resolve(request.name()).resolve("made.fvecs");
        if (isStale(made, source.path()) || VectorFile.open(made).size() != count) {
            progress.accept("making " + count + " vectors of " + source.path());
            NoisyVectors.write(source, count, made);
        }
        String note = String.format(
                "%,d vectors made by the benchmark: the %,d real MiniLM passage vectors of %s, each with seeded Gaussian"
                        + " noise of deviation %.4f per component (cosine to its origin about %.1f), scaled to unit"
                        + " length; the queries are real and without noise",
                count, source.size(), REAL, NoisyVectors.deviation(source.dimension()), NoisyVectors.COSINE);
        return dataset(made, queriesOr(real.resolve("query.fvecs")), null, note);
    }

    private Dataset folder(Path folder) throws IOException {
        Path queries = queriesOr(folder.resolve("query.fvecs"));
        Path neighbors = folder.resolve("groundtruth.ivecs");
        // The neighbours of a set are those under its own metric and of its own queries.
        boolean own = request.similarity() == null && request.queries() == null && Files.exists(neighbors);
        return dataset(folder.resolve("base.fvecs"), queries, own ? neighbors : null, "as found");
    }

    private Dataset file(Path file) throws IOException {
        if (request.queries() != null) {
            return dataset(file, request.queries(), null, "as found");
        }
        VectorFile all = VectorFile.open(file);
        if (all.size() <= HELD_OUT) {
            throw new VectorDbException(
                    ErrorCode.INVALID_VALUE,
                    file + " holds " + all.size() + " vectors; to hold out " + HELD_OUT
                            + " as queries more are needed, or name queries");
        }
        Path base = cacheFolder().resolve("kept.fvecs");
        Path queries = cacheFolder().resolve("held-out.fvecs");
        if (isStale(queries, file)) {
            copy(all, 0, all.size() - HELD_OUT, base, false);
            copy(all, all.size() - HELD_OUT, all.size(), queries, false);
        }
        return dataset(base, queries, null, "queries are the last " + HELD_OUT + " vectors, held out");
    }

    private Dataset dataset(Path base, Path queries, @Nullable Path neighbors, String note) throws IOException {
        Similarity similarity = request.similarity() != null ? request.similarity() : usual();
        VectorFile preparedBase = prepared(base, similarity, "base");
        VectorFile preparedQueries = prepared(queries, similarity, "query");
        if (preparedBase.dimension() != preparedQueries.dimension()) {
            throw new VectorDbException(
                    ErrorCode.DIMENSION_MISMATCH,
                    "expected queries of dimension " + preparedBase.dimension() + ", found "
                            + preparedQueries.dimension() + " in " + queries);
        }
        int[][] exact = neighbors != null ? IdFile.read(neighbors) : exact(preparedBase, preparedQueries, similarity);
        if (exact.length != preparedQueries.size()) {
            throw new VectorDbException(
                    ErrorCode.INVALID_VALUE,
                    "expected neighbours of " + preparedQueries.size() + " queries, found " + exact.length);
        }
        return new Dataset(cacheName(), preparedBase, preparedQueries, similarity, exact, note);
    }

    private VectorFile prepared(Path source, Similarity similarity, String role) throws IOException {
        VectorFile file = VectorFile.open(source);
        if (similarity != Similarity.COSINE || Normalizer.isNormalized(file)) {
            return file;
        }
        Path out = cacheFolder().resolve("unit-" + role + ".fvecs");
        if (isStale(out, source) || VectorFile.open(out).size() != file.size()) {
            copy(file, 0, file.size(), out, true);
        }
        return VectorFile.open(out);
    }

    private int[][] exact(VectorFile base, VectorFile queries, Similarity similarity) throws IOException {
        Path out = cacheFolder()
                .resolve("neighbors-" + similarity.word() + "-" + base.size() + "x" + queries.size() + ".ivecs");
        if (isStale(out, base.path()) || isStale(out, queries.path())) {
            progress.accept("comparing " + queries.size() + " queries with all " + base.size() + " vectors");
            Files.createDirectories(out.getParent());
            IdFile.write(out, new ExactNeighbors(base, similarity).of(queries.toArrays(), NEIGHBORS));
        }
        return IdFile.read(out);
    }

    private Similarity usual() {
        return KNOWN.getOrDefault(
                cacheName(), NOISY.matcher(request.name()).matches() ? Similarity.COSINE : Similarity.L2);
    }

    private Path queriesOr(Path queries) {
        return request.queries() != null ? request.queries() : queries;
    }

    private Path cacheFolder() {
        return request.cache().resolve(cacheName());
    }

    private String cacheName() {
        return Path.of(request.name()).getFileName().toString().replaceFirst("\\.fvecs$", "");
    }

    private static void copy(VectorFile from, int start, int end, Path to, boolean normalize) throws IOException {
        float[] vector = new float[from.dimension()];
        try (VectorFileWriter writer = new VectorFileWriter(to, from.dimension())) {
            for (int i = start; i < end; i++) {
                from.copy(i, vector);
                if (normalize) {
                    Normalizer.normalize(vector);
                }
                writer.add(vector);
            }
            writer.commit();
        }
    }

    private static boolean isStale(Path derived, Path source) throws IOException {
        return !Files.exists(derived)
                || Files.getLastModifiedTime(derived).compareTo(Files.getLastModifiedTime(source)) < 0;
    }
}
