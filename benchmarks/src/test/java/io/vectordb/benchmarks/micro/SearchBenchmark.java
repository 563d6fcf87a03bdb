package io.vectordb.benchmarks.micro;

import io.vectordb.benchmarks.data.Similarity;
import io.vectordb.benchmarks.data.TestData;
import io.vectordb.benchmarks.data.VectorFile;
import io.vectordb.benchmarks.engine.EngineSettings;
import io.vectordb.benchmarks.engine.OwnEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One search of our index, one thread; with {@code -prof gc} the bytes it allocates, of which only its result should be
 * some: about 240 for ten hits.
 *
 * <p>The vectors are random, hence harder than real ones: the time says how one version compares with another, and
 * nothing about data sets.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xmx1g", "--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class SearchBenchmark {

    private static final int SIZE = 10_000;
    private static final int QUERIES = 256;

    @Param({"100", "384"})
    private int dimension;

    @Param({"16", "64"})
    private int ef;

    @Param({"false", "true"})
    private boolean quantized;

    private final int[] ids = new int[10];
    private float[][] queries = {};
    private OwnEngine engine = new OwnEngine(new EngineSettings(Similarity.COSINE, 1, 16, 100), false);
    private int next;

    @Setup
    public void build() throws IOException {
        Random random = new Random(1);
        Path file = Files.createTempFile("search-benchmark", ".fvecs");
        VectorFile base = TestData.write(file, TestData.vectors(random, SIZE, dimension));
        queries = TestData.vectors(random, QUERIES, dimension);
        engine = new OwnEngine(new EngineSettings(Similarity.COSINE, dimension, 16, 100), quantized);
        engine.build(base, 1);
        Files.delete(file);
    }

    @Benchmark
    public int search() {
        return engine.search(queries[next++ % QUERIES], ef, null, ids);
    }
}
