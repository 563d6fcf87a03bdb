package io.vectordb.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.storage.v1.RecordOp;
import io.vectordb.internal.storage.v1.ScanResponse;
import io.vectordb.internal.storage.v1.ScannedRecord;
import io.vectordb.testkit.Seeds;
import io.vectordb.v1.Fields;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a copy of a store that is only read gives, and that what it gives makes the same records elsewhere. */
class ShardArchiveTest {

    private static final int BUCKETS = Keys.BUCKETS;
    private static final ShardIdentity OTHER = new ShardIdentity("other", 1);

    private final SplittableRandom random = Seeds.splittable(ShardArchiveTest.class);
    private final ShardModel model = new ShardModel();
    private final RandomCommands commands = new RandomCommands(random.split());
    private final int handlesBefore = NativeScope.openHandles();
    private final StorageResources shared = new StorageResources(8 << 20, 16 << 20);

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        shared.close();
        assertThat(NativeScope.openHandles()).isEqualTo(handlesBefore);
    }

    /** A copy of a random store; returns what the store itself says of its records. */
    private RecordsHash fill(int entries, long keepEntries) {
        try (ShardStore store = ShardStore.open(folder.resolve("store"), StoreHarness.SHARD, shared)) {
            for (long index = 1; index <= entries; index++) {
                long seq = StoreHarness.SHARD.seqAt(index);
                var command = commands.next(model, seq);
                model.apply(seq, command);
                store.apply(1, index, command);
            }
            store.trimFeed(keepEntries);
            store.advance(2, entries + 1);
            store.checkpoint(folder.resolve("copy"));
            return store.recordsHash(store.lastDataSeq(), 0, BUCKETS, () -> {});
        }
    }

    private ShardArchive archive() {
        return ShardArchive.open(folder.resolve("copy"), shared);
    }

    @Test
    void readingACopyChangesNoFileOfIt() throws IOException {
        RecordsHash expected = fill(200, 1_000);
        Map<String, Long> before = files();
        try (ShardArchive archive = archive()) {
            archive.verifyChecksums();
            RecordsHasher hasher = new RecordsHasher(() -> {});
            archive.hash(archive.lastDataSeq(), 0, BUCKETS, hasher);
            assertThat(hasher.hash()).isEqualTo(expected);
            assertThat(archive.identity()).isEqualTo(StoreHarness.SHARD);
            assertThat(archive.applied()).isEqualTo(new AppliedPosition(2, 201));
            assertThat(archive.lastDataSeq()).isEqualTo(StoreHarness.SHARD.seqAt(200));
        }
        assertThat(files()).isEqualTo(before);
    }

    private Map<String, Long> files() throws IOException {
        Map<String, Long> sizes = new TreeMap<>();
        try (Stream<Path> all = Files.list(folder.resolve("copy"))) {
            for (Path file : all.toList()) {
                sizes.put(file.getFileName().toString(), Files.size(file));
            }
        }
        return sizes;
    }

    @Test
    void everyPositionThatIsKeptMakesTheSameRecordsElsewhere() {
        fill(150, 100);
        try (ShardArchive archive = archive()) {
            List<Long> kept = model.seqs().stream()
                    .filter(seq -> seq >= archive.floorSeq())
                    .toList();
            assertThat(kept).hasSizeBetween(10, 149);
            for (long seq : kept) {
                expectRestored(archive, seq);
            }
        }
    }

    private void expectRestored(ShardArchive archive, long seq) {
        int split = 1 + random.nextInt(500);
        RecordsHasher hasher = new RecordsHasher(() -> {});
        List<RecordOp> ops = new ArrayList<>();
        archive.read(seq, 0, split, hasher, ops::add);
        archive.read(seq, split, BUCKETS, hasher, ops::add);
        try (ShardStore restored = ShardStore.open(folder.resolve("to" + seq), OTHER, shared)) {
            for (int i = 0; i < ops.size(); i++) {
                restored.apply(1, i + 1, Ops.command(i, Ops.unit(ops.get(i))));
            }
            assertThat(restored.recordsHash(restored.appliedSeq(), 0, BUCKETS, () -> {}))
                    .isEqualTo(hasher.hash());
            assertThat(contents(restored)).isEqualTo(modelAt(seq));
        }
    }

    private Map<String, Fields> modelAt(long seq) {
        Map<String, Fields> fields = new TreeMap<>();
        model.at(seq).forEach((key, row) -> fields.put(key, row.fields()));
        return fields;
    }

    private static Map<String, Fields> contents(ShardStore store) {
        Map<String, Fields> all = new TreeMap<>();
        ScanResponse page = store.scan(0, ByteString.EMPTY, 1_000, 1 << 20);
        for (ScannedRecord record : page.getRecordsList()) {
            all.put(
                    record.getRecord().getKey().getStringKey(),
                    record.getRecord().getRecord().getFields());
        }
        return all;
    }

    @Test
    void positionsOutsideOfWhatIsKeptAreRefused() {
        fill(150, 100);
        try (ShardArchive archive = archive()) {
            expect(ErrorCode.RESYNC, archive, archive.floorSeq() - 1);
            expect(ErrorCode.STALE, archive, archive.lastDataSeq() + 5);
        }
    }

    private static void expect(ErrorCode code, ShardArchive archive, long seq) {
        assertThatThrownBy(() -> archive.hash(seq, 0, BUCKETS, new RecordsHasher(() -> {})))
                .isInstanceOfSatisfying(
                        VectorDbException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void aFolderWithoutAStoreIsRefused() {
        assertThatThrownBy(this::archive).isInstanceOf(StorageException.class).hasMessageContaining("holds no store");
    }
}
