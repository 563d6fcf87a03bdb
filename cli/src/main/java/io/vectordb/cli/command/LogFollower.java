package io.vectordb.cli.command;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Hands on the whole lines that are added to a file; begins anew where the file is replaced by a shorter one. */
final class LogFollower {

    private final Path file;
    private final Consumer<String> lines;
    private final ByteArrayOutputStream open = new ByteArrayOutputStream();
    private long position;

    LogFollower(Path file, Consumer<String> lines) throws IOException {
        this.file = file;
        this.lines = lines;
        this.position = Files.size(file);
    }

    /** Whether there was something new. */
    boolean poll() throws IOException {
        try {
            long size = Files.size(file);
            if (size == position) {
                return false;
            }
            position = size < position ? 0 : position;
            try (InputStream in = Files.newInputStream(file)) {
                in.skipNBytes(position);
                byte[] added = in.readNBytes((int) Math.min(size - position, 1 << 20));
                position += added.length;
                split(added);
            }
            return true;
        } catch (NoSuchFileException e) {
            // Between the two steps of a rotation.
            return false;
        }
    }

    private void split(byte[] added) {
        for (byte each : added) {
            if (each == '\n') {
                lines.accept(open.toString(StandardCharsets.UTF_8));
                open.reset();
            } else {
                open.write(each);
            }
        }
    }
}
