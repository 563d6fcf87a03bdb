package io.vectordb.benchmarks.engine;

import io.vectordb.benchmarks.data.Allowed;
import io.vectordb.benchmarks.data.VectorFile;
import io.vectordb.vectorindex.FrozenOptions;
import io.vectordb.vectorindex.FrozenVectorIndex;
import io.vectordb.vectorindex.Quantization;
import io.vectordb.vectorindex.VectorEncoding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Our own index in the form it is served in: grown, frozen into a file, and opened with graph and codes in memory. */
public final class FrozenEngine implements Engine {

    private final OwnEngine growing;
    private final Quantization quantization;
    private final Path file;
    private Optional<FrozenVectorIndex> frozen = Optional.empty();

    /** @param quantization of the frozen form */
    public FrozenEngine(EngineSettings settings, Quantization quantization) throws IOException {
        growing = new OwnEngine(settings, true);
        this.quantization = quantization;
        file = Files.createTempFile("vectordb-bench", ".vec");
    }

    @Override
    public String version() {
        return growing.version();
    }

    @Override
    public void build(VectorFile base, int threads) throws IOException {
        frozen.ifPresent(FrozenVectorIndex::close);
        growing.build(base, threads);
        growing.freeze(new FrozenOptions(quantization, VectorEncoding.FLOAT32), file);
        growing.clear();
        frozen = Optional.of(FrozenVectorIndex.open(file, FrozenVectorIndex.Residency.LOADED));
    }

    @Override
    public Footprint footprint() {
        FrozenVectorIndex index = frozen.orElseThrow();
        return new Footprint(index.memoryBytes(), index.mappedVectorBytes());
    }

    @Override
    public int search(float[] query, int ef, @Nullable Allowed allowed, int[] ids) {
        return OwnEngine.search(frozen.orElseThrow(), query, ef, allowed, ids);
    }

    @Override
    public void close() throws IOException {
        frozen.ifPresent(FrozenVectorIndex::close);
        growing.close();
        Files.deleteIfExists(file);
    }
}
