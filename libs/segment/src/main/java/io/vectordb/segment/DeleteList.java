package io.vectordb.segment;

import io.vectordb.schema.RecordKeys;
import io.vectordb.v1.RecordKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.function.ObjLongConsumer;

/** The file of the deletions of a sealed segment; {@link SealedFormat} says how it is laid out. */
final class DeleteList {

    private DeleteList() {}

    static void write(Path file, Map<RecordKey, Long> deletes) throws IOException {
        try (FileOutput out = new FileOutput(file)) {
            for (Map.Entry<RecordKey, Long> delete : deletes.entrySet()) {
                byte[] key = RecordKeys.encode(delete.getKey());
                out.writeInt(key.length);
                out.write(key);
                out.writeLong(delete.getValue());
            }
        }
    }

    static void read(Path file, ObjLongConsumer<RecordKey> each) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer in = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size())
                    .order(ByteOrder.LITTLE_ENDIAN);
            while (in.hasRemaining()) {
                byte[] key = new byte[in.getInt()];
                in.get(key);
                each.accept(RecordKeys.decode(key), in.getLong());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (BufferUnderflowException | NegativeArraySizeException e) {
            throw SealedSegment.corrupt("its deletions cannot be read");
        }
    }
}
