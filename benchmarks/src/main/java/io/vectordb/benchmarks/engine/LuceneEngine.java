package io.vectordb.benchmarks.engine;

import io.vectordb.benchmarks.data.Allowed;
import io.vectordb.benchmarks.data.VectorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LogDocMergePolicy;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.util.Version;
import org.jspecify.annotations.Nullable;

/**
 * Lucene's HNSW over float32: one segment in a mapped directory, searched at its reader without a query around it,
 * collecting {@code ef} hits of which the nearest are kept.
 *
 * <p>The order of documents is that of insertion, since only neighbouring segments are merged. The time of a build ends
 * with the commit of a single segment.
 */
final class LuceneEngine implements Engine {

    private static final String FIELD = "vector";

    private final EngineSettings settings;
    private final Path folder;
    private @Nullable DirectoryReader reader;
    private @Nullable LeafReader leaf;

    LuceneEngine(EngineSettings settings) throws IOException {
        this.settings = settings;
        folder = Files.createTempDirectory("bench-lucene");
    }

    @Override
    public String version() {
        return Version.LATEST.toString();
    }

    @Override
    public void build(VectorFile base, int threads) throws IOException {
        clear();
        ExecutorService mergers = threads == 1 ? null : Executors.newFixedThreadPool(threads);
        try (MMapDirectory directory = new MMapDirectory(folder)) {
            try (IndexWriter writer = new IndexWriter(directory, configuration(threads, mergers))) {
                float[] vector = new float[base.dimension()];
                for (int i = 0; i < base.size(); i++) {
                    base.copy(i, vector);
                    Document document = new Document();
                    document.add(new KnnFloatVectorField(FIELD, vector.clone(), function()));
                    writer.addDocument(document);
                }
                writer.forceMerge(1);
                writer.commit();
            }
        } finally {
            if (mergers != null) {
                mergers.shutdown();
            }
        }
        reader = DirectoryReader.open(new MMapDirectory(folder));
        leaf = reader.leaves().getFirst().reader();
    }

    private IndexWriterConfig configuration(int threads, @Nullable ExecutorService mergers) {
        KnnVectorsFormat format =
                new Lucene99HnswVectorsFormat(settings.m(), settings.efConstruction(), threads, mergers);
        IndexWriterConfig configuration = new IndexWriterConfig();
        configuration.setCodec(new Lucene104Codec() {
            @Override
            public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
                return format;
            }
        });
        configuration.setUseCompoundFile(false);
        configuration.setMergePolicy(new LogDocMergePolicy());
        // The most that one thread may buffer: fewer segments, hence fewer merges.
        configuration.setRAMBufferSizeMB(2_000);
        configuration.setRAMPerThreadHardLimitMB(2_047);
        return configuration;
    }

    private VectorSimilarityFunction function() {
        return switch (settings.similarity()) {
            // Of unit length already, for which Lucene advises the inner product.
            case COSINE -> VectorSimilarityFunction.DOT_PRODUCT;
            case L2 -> VectorSimilarityFunction.EUCLIDEAN;
            case DOT -> VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT;
        };
    }

    /** All files of the index. */
    @Override
    public Footprint footprint() throws IOException {
        long bytes = 0;
        for (Path file : files()) {
            bytes += Files.size(file);
        }
        return new Footprint(bytes, 0);
    }

    @Override
    public int search(float[] query, int ef, @Nullable Allowed allowed, int[] ids) throws IOException {
        if (allowed != null || leaf == null) {
            throw new UnsupportedOperationException("measured without filters, and once built");
        }
        TopKnnCollector collector = new TopKnnCollector(Math.max(ef, ids.length), Integer.MAX_VALUE);
        leaf.searchNearestVectors(FIELD, query, collector, AcceptDocs.fromLiveDocs(null, leaf.maxDoc()));
        ScoreDoc[] hits = collector.topDocs().scoreDocs;
        int count = Math.min(hits.length, ids.length);
        for (int i = 0; i < count; i++) {
            ids[i] = hits[i].doc;
        }
        return count;
    }

    @Override
    public void close() throws IOException {
        clear();
        Files.deleteIfExists(folder);
    }

    private void clear() throws IOException {
        if (reader != null) {
            reader.close();
            reader = null;
        }
        for (Path file : files()) {
            Files.delete(file);
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted(Comparator.naturalOrder()).toList();
        }
    }
}
