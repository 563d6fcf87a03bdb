package io.vectordb.segment.fields;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.v1.Condition;
import io.vectordb.vectorindex.OrdinalSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.util.FixedBitSet;
import org.jspecify.annotations.Nullable;

/**
 * The scalar fields of a sealed segment, as {@link FieldIndexWriter} wrote them.
 *
 * <p>A condition is asked of all rows at once, by what the index knows of the values at its paths. It never excludes a row
 * that {@link io.vectordb.query.RowPredicate} lets pass; where it cannot tell, it says so.
 *
 * <p>Immutable and thread-safe, except that it is closed only when nobody asks any more. The files are mapped, of which the
 * heap holds little more than the beginnings of the terms.
 */
public final class FieldIndex implements AutoCloseable {

    private final DirectoryReader reader;
    private final @Nullable LeafReader leaf;

    private FieldIndex(DirectoryReader reader, @Nullable LeafReader leaf) {
        this.reader = reader;
        this.leaf = leaf;
    }

    /**
     * Opens an index. That its files are whole is checked by their lengths and ends; {@link #verify} reads all of them.
     *
     * @param files where each of the names that {@link FieldIndexWriter#finish} gave is now; the paths may have other names,
     *     in any folder
     * @throws VectorDbException SEGMENT_CORRUPT where a file is missing, cut off, or none of an index
     */
    @SuppressWarnings("MustBeClosedChecker")
    public static FieldIndex open(Map<String, Path> files) {
        DirectoryReader reader = null;
        try {
            reader = DirectoryReader.open(new NamedFiles(files));
            FieldIndex index = new FieldIndex(reader, leaf(reader));
            reader = null;
            return index;
        } catch (IOException | IllegalArgumentException | UncheckedIOException e) {
            throw corrupt("the field index cannot be opened from " + files + ": " + e.getMessage(), e);
        } finally {
            close(reader);
        }
    }

    private static @Nullable LeafReader leaf(DirectoryReader reader) throws IOException {
        String format = reader.getIndexCommit().getUserData().get(IndexFields.FORMAT_KEY);
        if (!IndexFields.FORMAT.equals(format)) {
            throw new IOException("expected format " + IndexFields.FORMAT + ", found " + format);
        }
        List<LeafReaderContext> leaves = reader.leaves();
        if (leaves.size() > 1 || reader.hasDeletions()) {
            throw new IOException("expected one segment without deletions, found " + leaves.size());
        }
        return leaves.isEmpty() ? null : leaves.getFirst().reader();
    }

    /** How many rows the index is of: the ordinals are those below. */
    public int size() {
        return reader.maxDoc();
    }

    /**
     * The rows that pass a filter.
     *
     * <p>Cost: that of reading the posting lists and points of the values that the filter names, and some bits per row of the
     * index for each of its conditions.
     *
     * @param resolved what {@link io.vectordb.query.FilterResolver} gave
     * @param cancelled asked now and then, on this thread
     * @throws VectorDbException CANCELLED; SEGMENT_CORRUPT where the files cannot be read; and as
     *     {@link io.vectordb.query.RowPredicate#compile}
     */
    public OrdinalMatches match(Condition resolved, BooleanSupplier cancelled) {
        FilterNode filter = FilterCompiler.compile(resolved);
        try {
            Matched found = filter.rows(new FieldPostings(leaf, size(), cancelled), Truth.TRUE);
            FixedBitSet rows = found.possible();
            return new OrdinalMatches(OrdinalSet.ofWords(rows.getBits()), found.isExact() || rows.scanIsEmpty());
        } catch (IOException | UncheckedIOException e) {
            throw corrupt("the field index cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Reads all files and compares their checksums.
     *
     * @throws VectorDbException SEGMENT_CORRUPT
     */
    public void verify() {
        try {
            if (leaf != null) {
                leaf.checkIntegrity();
            }
        } catch (IOException | UncheckedIOException e) {
            throw corrupt("the field index is damaged: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        close(reader);
    }

    private static void close(@Nullable DirectoryReader reader) {
        try {
            if (reader != null) {
                reader.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static VectorDbException corrupt(String message, Exception cause) {
        return new VectorDbException(ErrorCode.SEGMENT_CORRUPT, message, cause);
    }
}
