package io.vectordb.segment.fields;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.store.Lock;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.store.NoLockFactory;

/**
 * The files of an index that are stored under other names, each in any folder, mapped into memory.
 *
 * <p>Read only: whatever would change something throws. Thread-safe.
 */
final class NamedFiles extends Directory {

    private final Map<String, Path> files;

    /**
     * These files.
     *
     * @param files by the names that Lucene gave them
     */
    NamedFiles(Map<String, Path> files) {
        this.files = Map.copyOf(files);
    }

    private Path path(String name) throws NoSuchFileException {
        Path path = files.get(name);
        if (path == null) {
            throw new NoSuchFileException(name, null, "not among the files of the index, which are " + files.keySet());
        }
        return path.toAbsolutePath();
    }

    @Override
    public String[] listAll() {
        return files.keySet().stream().sorted().toArray(String[]::new);
    }

    @Override
    public long fileLength(String name) throws IOException {
        return Files.size(path(name));
    }

    @Override
    public IndexInput openInput(String name, IOContext context) throws IOException {
        Path path = path(name);
        Path folder = path.getParent();
        if (folder == null || !Files.isRegularFile(path)) {
            throw new NoSuchFileException(path.toString(), null, "the file " + name + " of the index");
        }
        // An input outlives the directory that opened it.
        try (MMapDirectory directory = new MMapDirectory(folder, NoLockFactory.INSTANCE)) {
            directory.setGroupingFunction(MMapDirectory.NO_GROUPING);
            return directory.openInput(path.getFileName().toString(), context);
        }
    }

    @Override
    public Lock obtainLock(String name) throws IOException {
        return NoLockFactory.INSTANCE.obtainLock(this, name);
    }

    @Override
    public void close() {
        // Nothing is open but inputs, which their readers close.
    }

    @Override
    public Set<String> getPendingDeletions() {
        return Set.of();
    }

    @Override
    public void deleteFile(String name) {
        throw readOnly();
    }

    @Override
    public IndexOutput createOutput(String name, IOContext context) {
        throw readOnly();
    }

    @Override
    public IndexOutput createTempOutput(String prefix, String suffix, IOContext context) {
        throw readOnly();
    }

    @Override
    public void sync(Collection<String> names) {
        throw readOnly();
    }

    @Override
    public void syncMetaData() {
        throw readOnly();
    }

    @Override
    public void rename(String source, String dest) {
        throw readOnly();
    }

    private static UnsupportedOperationException readOnly() {
        return new UnsupportedOperationException("the files of a sealed segment do not change");
    }
}
