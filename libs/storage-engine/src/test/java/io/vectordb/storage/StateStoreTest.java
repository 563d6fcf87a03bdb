package io.vectordb.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectordb.storage.StateStore.Delete;
import io.vectordb.storage.StateStore.Put;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateStoreTest {

    @TempDir
    Path directory;

    private int handlesBefore;
    private StateStore store;

    @BeforeEach
    void open() {
        handlesBefore = NativeScope.openHandles();
        store = StateStore.open(directory);
    }

    @AfterEach
    void close() {
        store.close();
        assertThat(NativeScope.openHandles()).isEqualTo(handlesBefore);
    }

    private static Put put(String key, String value) {
        return new Put(key, value.getBytes(StandardCharsets.UTF_8));
    }

    private Map<String, String> loaded() {
        Map<String, String> texts = new TreeMap<>();
        store.load().forEach((key, value) -> texts.put(key, new String(value, StandardCharsets.UTF_8)));
        return texts;
    }

    private List<String> values(String after, int limit) {
        return store.values("b/", after, limit).stream()
                .map(value -> new String(value, StandardCharsets.UTF_8))
                .toList();
    }

    @Test
    void aCopyHoldsWhatWasAppliedBeforeItAndNothingLater() {
        store.apply(1, 1, List.of(put("a", "1")));
        Path copy = directory.resolveSibling(directory.getFileName() + "-copy");
        store.checkpoint(copy);
        store.apply(1, 2, List.of(put("b", "2")));
        assertThat(StateStore.verify(copy)).isEqualTo(new AppliedPosition(1, 1));
        try (StateStore copied = StateStore.open(copy)) {
            assertThat(copied.load()).containsOnlyKeys("a");
        }
        assertThatThrownBy(() -> StateStore.verify(directory.resolve("none"))).isInstanceOf(StorageException.class);
    }

    @Test
    void valuesOfAPrefixAreReadBehindAKeyInOrder() {
        store.apply(1, 1, List.of(put("a/1", "0"), put("b/1", "1"), put("b/2", "2"), put("b/3", "3"), put("c/1", "4")));
        assertThat(values("b/0", 10)).containsExactly("1", "2", "3");
        assertThat(values("b/1", 1)).containsExactly("2");
        assertThat(values("b/3", 10)).isEmpty();
    }

    @Test
    void aNewStoreIsEmpty() {
        assertThat(store.applied()).isEqualTo(AppliedPosition.NONE);
        assertThat(loaded()).isEmpty();
    }

    @Test
    void changesOfAnEntryApplyInOrder() {
        store.apply(1, 1, List.of(put("a", "1"), put("b", "1"), new Delete("a"), put("c", "1"), put("b", "2")));
        assertThat(loaded()).isEqualTo(Map.of("b", "2", "c", "1"));
    }

    @Test
    void entriesAppliedBeforeAreSkipped() {
        store.apply(1, 5, List.of(put("a", "1")));
        store.apply(1, 5, List.of(put("a", "2")));
        store.advance(1, 4);
        assertThat(loaded()).isEqualTo(Map.of("a", "1"));
        assertThat(store.applied()).isEqualTo(new AppliedPosition(1, 5));
    }

    @Test
    void aReopenedStoreHoldsWhatWasApplied() {
        store.apply(1, 1, List.of(put("ключ", "1"), put("", "2")));
        store.advance(2, 7);
        assertThat(store.sync()).isEqualTo(new AppliedPosition(2, 7));
        store.close();
        store = StateStore.open(directory);
        assertThat(store.applied()).isEqualTo(new AppliedPosition(2, 7));
        assertThat(loaded()).isEqualTo(Map.of("ключ", "1", "", "2"));
    }
}
