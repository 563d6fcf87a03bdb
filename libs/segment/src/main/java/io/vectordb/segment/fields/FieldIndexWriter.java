package io.vectordb.segment.fields;

import io.vectordb.v1.Fields;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LogDocMergePolicy;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.NoLockFactory;

/**
 * Writes the scalar fields of a sealed segment as one Lucene segment.
 *
 * <p>The n-th row becomes document n: one thread writes, merges join neighbours in their order, and nothing is deleted.
 * Not thread-safe.
 *
 * <p>Memory: the buffer, a few kilobytes per path up to 10,000 paths, and what Lucene needs to merge.
 */
public final class FieldIndexWriter implements Closeable {

    /** Enough for some 100,000 rows of ten fields between two flushes. */
    public static final double BUFFER_MEGABYTES = 32;

    /** Rarely merges what has been merged, for at the end everything is merged into one. */
    private static final int MERGE_FACTOR = 32;

    private final Directory directory;
    private final IndexWriter writer;
    private final PathNode root = PathNode.root();
    private final RowDocument document = new RowDocument();
    private int rows;
    private boolean isFinished;

    /**
     * Begins an index.
     *
     * @param folder where the files go; made where it is missing, and without files of an index
     */
    public FieldIndexWriter(Path folder) throws IOException {
        this(folder, BUFFER_MEGABYTES);
    }

    /** Begins an index that flushes when its buffer has reached this size. */
    public FieldIndexWriter(Path folder, double bufferMegabytes) throws IOException {
        Files.createDirectories(folder);
        directory = FSDirectory.open(folder, NoLockFactory.INSTANCE);
        LogDocMergePolicy merges = new LogDocMergePolicy();
        merges.setMergeFactor(MERGE_FACTOR);
        merges.setNoCFSRatio(1);
        IndexWriterConfig config = new IndexWriterConfig()
                .setOpenMode(IndexWriterConfig.OpenMode.CREATE)
                .setRAMBufferSizeMB(bufferMegabytes)
                .setMergePolicy(merges)
                .setMergeScheduler(new SerialMergeScheduler())
                .setCommitOnClose(false)
                .setUseCompoundFile(true);
        try {
            writer = new IndexWriter(directory, config);
        } catch (IOException | RuntimeException e) {
            directory.close();
            throw e;
        }
    }

    /** Adds the row of the next ordinal, which is the number of rows before. */
    public void add(Fields row) throws IOException {
        document.clear();
        RowWalk.walk(root, row, document);
        writer.addDocument(document.fields());
        rows++;
    }

    /** How many rows have been added. */
    public int rows() {
        return rows;
    }

    /**
     * Merges everything into one segment and makes it durable; no row comes after.
     *
     * @return the names of the files in the folder that {@link FieldIndex#open} needs, all of them
     */
    public List<String> finish() throws IOException {
        writer.forceMerge(1);
        writer.setLiveCommitData(
                Map.of(IndexFields.FORMAT_KEY, IndexFields.FORMAT).entrySet());
        writer.commit();
        isFinished = true;
        writer.close();
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
            if (reader.maxDoc() != rows || reader.numDocs() != rows) {
                throw new IllegalStateException(rows + " rows became " + reader.maxDoc() + " documents");
            }
            return List.copyOf(reader.getIndexCommit().getFileNames());
        }
    }

    /** Gives the files up unless they were finished. */
    @Override
    public void close() throws IOException {
        try (directory) {
            if (!isFinished) {
                writer.rollback();
            }
        }
    }
}
