package io.vectordb.cli.local;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A log that keeps the file being written and one older file, {@code NAME.1}, each of a limited size.
 *
 * <p>Thread-safe. A disk that is full costs lines, never the process that writes them.
 */
final class RotatingLog implements AutoCloseable {

    private final Path file;
    private final long maxBytes;
    private OutputStream out;
    private long bytes;

    RotatingLog(Path file, long maxBytes) throws IOException {
        this.file = file;
        this.maxBytes = maxBytes;
        this.out = open();
    }

    private OutputStream open() throws IOException {
        OutputStream opened = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        bytes = Files.size(file);
        return opened;
    }

    /** Takes over everything from the stream until it ends. */
    void copy(InputStream in) throws IOException {
        byte[] buffer = new byte[8192];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            write(buffer, read);
        }
    }

    void line(String text) {
        byte[] line = (text + "\n").getBytes(StandardCharsets.UTF_8);
        write(line, line.length);
    }

    private synchronized void write(byte[] content, int length) {
        try {
            if (bytes + length > maxBytes) {
                out.close();
                Files.move(file, file.resolveSibling(file.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
                out = open();
            }
            out.write(content, 0, length);
            bytes += length;
        } catch (IOException e) {
            // Nothing sensible is left to do with a log line that cannot be written.
            bytes = 0;
        }
    }

    @Override
    public synchronized void close() throws IOException {
        out.close();
    }
}
