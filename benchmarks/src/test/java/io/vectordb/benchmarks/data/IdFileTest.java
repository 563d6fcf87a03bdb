package io.vectordb.benchmarks.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class IdFileTest {

    @TempDir
    private Path folder;

    @Test
    void whatIsWrittenIsRead() throws IOException {
        int[][] lists = {{3, 1, 2}, {}, {Integer.MAX_VALUE}};
        Path path = folder.resolve("ids.ivecs");
        IdFile.write(path, lists);
        assertThat(IdFile.read(path)).isDeepEqualTo(lists);
    }

    @Test
    void aFileThatEndsWithinAListIsRefused() throws IOException {
        Path path = folder.resolve("ids.ivecs");
        IdFile.write(path, new int[][] {{1}, {2, 3}});
        Files.write(path, Arrays.copyOf(Files.readAllBytes(path), 16));
        assertThatThrownBy(() -> IdFile.read(path))
                .hasMessageContaining("list 1 announces 2 numbers, 4 bytes are left");
    }

    @Test
    void filtersComeBackAsTheyWere() throws IOException {
        Allowed allowed = new Allowed(130);
        allowed.add(0);
        allowed.add(64);
        allowed.add(129);
        allowed.add(129);
        Path path = folder.resolve("filter.bits");
        FilterFile.write(path, List.of(allowed, new Allowed(130)));
        var read = FilterFile.read(path);
        assertThat(read).extracting(Allowed::cardinality).containsExactly(3, 0);
        assertThat(read.getFirst().contains(64)).isTrue();
        assertThat(read.getFirst().contains(65)).isFalse();
        Files.write(path, Arrays.copyOf(Files.readAllBytes(path), 30));
        assertThatThrownBy(() -> FilterFile.read(path)).hasMessageContaining("cannot read the filter");
    }
}
