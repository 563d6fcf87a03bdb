package io.vectordb.segment.fields;

import io.vectordb.v1.Fields;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Indexes of rows, for tests. */
final class TestIndexes {

    private TestIndexes() {}

    @SuppressWarnings("MustBeClosedChecker")
    static FieldIndex of(Path folder, List<Fields> rows) throws IOException {
        return FieldIndex.open(write(folder, FieldIndexWriter.BUFFER_MEGABYTES, rows));
    }

    static Map<String, Path> write(Path folder, double bufferMegabytes, Iterable<Fields> rows) throws IOException {
        try (FieldIndexWriter writer = new FieldIndexWriter(folder, bufferMegabytes)) {
            for (Fields row : rows) {
                writer.add(row);
            }
            return writer.finish().stream().collect(Collectors.toMap(name -> name, folder::resolve));
        }
    }
}
