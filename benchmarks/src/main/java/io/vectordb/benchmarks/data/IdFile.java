package io.vectordb.benchmarks.data;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Lists of vector numbers in an {@code .ivecs} file: per list its length as an int32, then as many int32. */
public final class IdFile {

    private IdFile() {}

    /** @throws VectorDbException when the file is missing or ends within a list */
    public static int[][] read(Path path) {
        ByteBuffer bytes;
        try {
            bytes = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            throw new VectorDbException(ErrorCode.INVALID_VALUE, "cannot read " + path, e);
        }
        List<int[]> lists = new ArrayList<>();
        while (bytes.hasRemaining()) {
            int length = bytes.remaining() < Integer.BYTES ? -1 : bytes.getInt();
            if (length < 0 || (long) length * Integer.BYTES > bytes.remaining()) {
                throw new VectorDbException(
                        ErrorCode.INVALID_VALUE,
                        path + " is no ivecs file: list " + lists.size() + " announces " + length + " numbers, "
                                + bytes.remaining() + " bytes are left");
            }
            int[] list = new int[length];
            bytes.asIntBuffer().get(list);
            bytes.position(bytes.position() + length * Integer.BYTES);
            lists.add(list);
        }
        return lists.toArray(int[][]::new);
    }

    public static void write(Path path, int[][] lists) throws IOException {
        int ints = 0;
        for (int[] list : lists) {
            ints += 1 + list.length;
        }
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.multiplyExact(ints, Integer.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        for (int[] list : lists) {
            bytes.putInt(list.length);
            for (int id : list) {
                bytes.putInt(id);
            }
        }
        Files.write(path, bytes.array());
    }
}
