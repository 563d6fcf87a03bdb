package io.vectordb.benchmarks.data;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Writes what {@link VectorFile} reads. The file appears under its name when it is closed and not before, so that an
 * interrupted run leaves nothing that looks complete: {@link #commit()} first.
 */
public final class VectorFileWriter implements Closeable {

    private final Path path;
    private final Path partial;
    private final OutputStream out;
    private final ByteBuffer row;
    private boolean committed;

    public VectorFileWriter(Path path, int dimension) throws IOException {
        this.path = path;
        partial = path.resolveSibling(path.getFileName() + ".partial");
        Files.createDirectories(path.toAbsolutePath().getParent());
        out = new BufferedOutputStream(Files.newOutputStream(partial), 1 << 16);
        row = ByteBuffer.allocate(Integer.BYTES + Float.BYTES * dimension).order(ByteOrder.LITTLE_ENDIAN);
        row.putInt(0, dimension);
    }

    public void add(float[] vector) throws IOException {
        row.position(Integer.BYTES).asFloatBuffer().put(vector);
        out.write(row.array());
    }

    /** Says that all vectors have been added. */
    public void commit() {
        committed = true;
    }

    @Override
    public void close() throws IOException {
        out.close();
        if (committed) {
            Files.move(partial, path, StandardCopyOption.REPLACE_EXISTING);
        } else {
            Files.deleteIfExists(partial);
        }
    }
}
