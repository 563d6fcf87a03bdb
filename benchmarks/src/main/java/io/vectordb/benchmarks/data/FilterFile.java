package io.vectordb.benchmarks.data;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Sets of allowed vectors on disk: how many sets as an int64, then how many words each, then the words, little-endian.
 * One set is meant for every query, else there is one per query.
 */
public final class FilterFile {

    private FilterFile() {}

    public static void write(Path path, List<Allowed> sets) throws IOException {
        try (FileChannel channel = FileChannel.open(
                path, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            int words = sets.getFirst().words().length;
            channel.write(longs(2).putLong(sets.size()).putLong(words).flip());
            for (Allowed set : sets) {
                ByteBuffer bytes = longs(words);
                bytes.asLongBuffer().put(set.words());
                channel.write(bytes);
            }
        }
    }

    public static List<Allowed> read(Path path) {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            ByteBuffer head = filled(channel, 2);
            long sets = head.getLong();
            int words = Math.toIntExact(head.getLong());
            List<Allowed> all = new ArrayList<>();
            for (long i = 0; i < sets; i++) {
                long[] bits = new long[words];
                filled(channel, words).asLongBuffer().get(bits);
                all.add(new Allowed(bits));
            }
            return all;
        } catch (IOException e) {
            throw new VectorDbException(ErrorCode.INVALID_VALUE, "cannot read the filter " + path, e);
        }
    }

    private static ByteBuffer filled(FileChannel channel, int longs) throws IOException {
        ByteBuffer bytes = longs(longs);
        while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
        if (bytes.hasRemaining()) {
            throw new IOException("the file ends " + bytes.remaining() + " bytes too early");
        }
        return bytes.flip();
    }

    private static ByteBuffer longs(int count) {
        return ByteBuffer.allocate(count * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }
}
