package io.vectordb.segmentstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.testkit.Seeds;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentStoreTest {

    private final Random random = Seeds.random(SegmentStoreTest.class);

    @TempDir
    private Path temp;

    private TestStore test;

    @BeforeEach
    void open() {
        test = TestStore.open(List.of(temp.resolve("a"), temp.resolve("b")));
    }

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void whatIsPutIsReadMappedAndByRanges() {
        byte[] content = content(200_000);
        ContentHash hash = test.store.put(content);

        try (SegmentFile file = test.store.open(hash)) {
            assertThat(file.memory().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(content);
            for (int i = 0; i < 50; i++) {
                int from = random.nextInt(content.length + 1);
                int length = random.nextInt(150_000);
                byte[] expected = java.util.Arrays.copyOfRange(content, from, Math.min(content.length, from + length));
                assertThat(file.read(from, length)).isEqualTo(ByteBuffer.wrap(expected));
            }
        }
    }

    @Test
    void anEmptyFileIsAFile() {
        ContentHash hash = test.store.put(new byte[0]);
        try (SegmentFile file = test.store.open(hash)) {
            assertThat(file.memory().byteSize()).isZero();
            assertThat(file.read(0, 10).remaining()).isZero();
            file.verify();
        }
    }

    @Test
    void theNameOnDiskIsTheHashAndTheFileIsItsContent() throws IOException {
        byte[] content = content(70_000);
        Path path = test.pathOf(test.store.put(content));
        assertThat(path.getFileName().toString())
                .isEqualTo(ContentHash.of(content).hex());
        assertThat(Files.readAllBytes(path)).isEqualTo(content);
    }

    @Test
    void filesAreThereAfterOpeningAgain() {
        byte[] content = content(100_000);
        ContentHash hash = test.store.put(content);
        reopen();
        assertThat(test.read(hash)).isEqualTo(content);
        assertThat(test.store.openReport()).isEqualTo(new OpenReport(1, 100_000, 0, 0, 0, 0, 0));
    }

    @Test
    void anUploadGoesOnWhereItBroke() {
        byte[] content = content(300_000);
        Upload upload = test.store.begin(ContentHash.of(content), content.length);
        upload.write(0, ByteBuffer.wrap(content, 0, 100_000));

        Upload resumed = test.store.upload(upload.id()).orElseThrow();
        assertThat(resumed.offset()).isEqualTo(100_000);
        refused(ErrorCode.INVALID_VALUE, () -> resumed.write(99_999, ByteBuffer.wrap(content, 99_999, 10)))
                .hasMessageContaining("100000")
                .hasMessageContaining("99999");
        resumed.write(100_000, ByteBuffer.wrap(content, 100_000, 200_000));
        assertThat(test.store.find(upload.hash())).isEmpty();
        resumed.commit();

        assertThat(test.read(upload.hash())).isEqualTo(content);
        assertThat(test.store.upload(upload.id())).isEmpty();
    }

    @Test
    void contentOfAnotherHashIsRefusedWithBothAndLeavesNothing() {
        byte[] content = content(1000);
        ContentHash other = ContentHash.of(content(1000));
        Upload upload = test.store.begin(other, 1000);
        upload.write(0, ByteBuffer.wrap(content));

        refused(ErrorCode.SEGMENT_CORRUPT, upload::commit)
                .hasMessageContaining(other.hex())
                .hasMessageContaining(ContentHash.of(content).hex());

        assertThat(test.store.find(other)).isEmpty();
        assertThat(temporaryFiles()).isEmpty();
        assertThat(test.disks.disks()).allMatch(disk -> disk.reservedBytes() == 0);
    }

    @Test
    void anUploadThatIsNotWholeCannotBeCommittedAndCanGoOn() {
        byte[] content = content(1000);
        Upload upload = test.store.begin(ContentHash.of(content), 1000);
        upload.write(0, ByteBuffer.wrap(content, 0, 999));
        refused(ErrorCode.INVALID_VALUE, upload::commit)
                .hasMessageContaining("1000")
                .hasMessageContaining("999");
        refused(ErrorCode.INVALID_VALUE, () -> upload.write(999, ByteBuffer.wrap(content, 998, 2)));
        upload.write(999, ByteBuffer.wrap(content, 999, 1));
        upload.commit();
        upload.commit();
        assertThat(upload.isComplete()).isTrue();
    }

    @Test
    void whatDeadUploadsLeftIsSweptAtOpening() throws IOException {
        byte[] content = content(1000);
        test.store.begin(ContentHash.of(content), 1000).write(0, ByteBuffer.wrap(content, 0, 500));
        Path copy = temp.resolve("copy");
        TestStore.copy(temp.resolve("a"), copy.resolve("a"));
        TestStore.copy(temp.resolve("b"), copy.resolve("b"));
        try (TestStore crashed = TestStore.open(List.of(copy.resolve("a"), copy.resolve("b")))) {
            assertThat(crashed.store.openReport().sweptFiles()).isEqualTo(1);
            assertThat(crashed.store.files()).isEmpty();
        }
    }

    @Test
    void aSecondPutOfTheSameContentHasNothingToDo() {
        byte[] content = content(1000);
        ContentHash hash = test.store.put(content);
        Upload again = test.store.begin(hash, 1000);
        assertThat(again.isComplete()).isTrue();
        assertThat(again.offset()).isEqualTo(1000);
        again.commit();
        refused(ErrorCode.INVALID_VALUE, () -> test.store.begin(hash, 999));
    }

    @Test
    void twoUploadsOfTheSameContentBothSucceed() {
        byte[] content = content(1000);
        Upload first = test.store.begin(ContentHash.of(content), 1000);
        Upload second = test.store.begin(ContentHash.of(content), 1000);
        first.write(0, ByteBuffer.wrap(content));
        second.write(0, ByteBuffer.wrap(content));
        first.commit();
        second.commit();
        assertThat(test.read(first.hash())).isEqualTo(content);
        assertThat(temporaryFiles()).isEmpty();
        reopen();
        assertThat(test.store.openReport().files()).isEqualTo(1);
        assertThat(test.store.openReport().duplicateFiles()).isZero();
    }

    @Test
    void uploadsAreLimited() {
        for (int i = 0; i < 8; i++) {
            test.store.begin(ContentHash.of(content(10)), 10);
        }
        refused(ErrorCode.OVERLOADED, () -> test.store.begin(ContentHash.of(content(10)), 10));
    }

    @Test
    void oldFilesThatAreNotLiveAreDeletedUnlessTheyAreRead() {
        ContentHash live = test.store.put(content(10));
        ContentHash busy = test.store.put(content(20));
        ContentHash old = test.store.put(content(30));
        test.clock.advance(TestStore.GRACE.plusMillis(1));
        ContentHash young = test.store.put(content(40));

        try (SegmentFile reader = test.store.open(busy)) {
            assertThat(test.store.collect(Set.of(live))).isEqualTo(new CollectReport(1, 30, 1, 1, 0));
            assertThat(reader.read(0, 20).remaining()).isEqualTo(20);
        }
        assertThat(test.store.missing(Set.of(live, busy, old, young))).containsExactly(old);
        assertThat(test.store.collect(Set.of(live))).isEqualTo(new CollectReport(1, 20, 1, 0, 0));
        reopen();
        assertThat(test.store.missing(Set.of(live, busy, old, young))).containsExactlyInAnyOrder(old, busy);
    }

    @Test
    void aPutOfWhatIsThereBeginsItsGraceTimeAnewAlsoAcrossARestart() {
        byte[] content = content(10);
        ContentHash hash = test.store.put(content);
        test.clock.advance(TestStore.GRACE.plusMillis(1));
        test.store.put(content);
        reopen();
        assertThat(test.store.collect(Set.of()).youngFiles()).isEqualTo(1);
        test.clock.advance(TestStore.GRACE.plusMillis(1));
        assertThat(test.store.collect(Set.of()).deletedFiles()).isEqualTo(1);
        assertThat(test.store.find(hash)).isEmpty();
    }

    @Test
    void aFileIsUnmappedWhenItsLastReaderLeaves() {
        ContentHash hash = test.store.put(content(100));
        SegmentFile first = test.store.open(hash);
        SegmentFile second = test.store.open(hash);
        MemorySegment memory = first.memory();
        assertThat(second.memory()).isSameAs(memory);
        assertThat(test.store.statistics()).isEqualTo(new StoreStatistics(1, 100, 1, 100, 2, 0, 0));

        first.close();
        first.close();
        assertThat(memory.scope().isAlive()).isTrue();
        assertThatThrownBy(first::memory).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> first.read(0, 1)).isInstanceOf(IllegalStateException.class);
        second.close();
        assertThat(memory.scope().isAlive()).isFalse();
        assertThat(test.store.statistics().mappedFiles()).isZero();
    }

    @Test
    void aDamagedBlockIsNeverServedGoesToQuarantineAndIsAskedForAgain() throws IOException {
        byte[] content = content(200_000);
        ContentHash hash = test.store.put(content);
        TestStore.flipBit(test.pathOf(hash), 8 * 100_000L + 3);

        try (SegmentFile file = test.store.open(hash)) {
            assertThat(file.read(0, 65_536)).isEqualTo(ByteBuffer.wrap(content, 0, 65_536));
            refused(ErrorCode.SEGMENT_CORRUPT, () -> file.read(70_000, 10)).hasMessageContaining("block 1");
            assertThat(file.isLost()).isTrue();
        }
        refused(ErrorCode.SEGMENT_NOT_FOUND, () -> test.store.open(hash));
        assertThat(test.lost).singleElement().satisfies(lost -> {
            assertThat(lost.hash()).isEqualTo(hash);
            assertThat(lost.sizeBytes()).isEqualTo(200_000);
            assertThat(lost.quarantined()).isTrue();
        });
        assertThat(test.store.missing(Set.of(hash))).containsExactly(hash);

        test.store.put(content);
        assertThat(test.read(hash)).isEqualTo(content);
        reopen();
        assertThat(test.read(hash)).isEqualTo(content);
        QuarantinedFile kept = test.store.quarantined().getFirst();
        assertThat(kept.hash()).isEqualTo(hash);
        assertThat(kept.reason()).contains("block 1");
        assertThat(Files.readAllBytes(kept.content())).hasSize(200_000).isNotEqualTo(content);
        test.store.discard(kept);
        assertThat(test.store.quarantined()).isEmpty();
    }

    @Test
    void aFileCutShortIsFoundAtOpeningAtMappingAndAtReading() {
        byte[] content = content(100_000);
        ContentHash hash = test.store.put(content);
        TestStore.truncate(test.pathOf(hash), 99_999);
        reopen();
        assertThat(test.store.openReport().lostFiles()).isEqualTo(1);
        assertThat(test.lost)
                .singleElement()
                .satisfies(lost -> assertThat(lost.reason()).contains("100000").contains("99999"));

        test.store.put(content);
        TestStore.truncate(test.pathOf(hash), 10);
        try (SegmentFile file = test.store.open(hash)) {
            refused(ErrorCode.SEGMENT_CORRUPT, file::memory);
        }
        test.store.put(content);
        TestStore.truncate(test.pathOf(hash), 70_000);
        try (SegmentFile file = test.store.open(hash)) {
            refused(ErrorCode.SEGMENT_CORRUPT, file::verify);
        }
        assertThat(test.store.quarantined()).hasSize(3);
    }

    @Test
    void sumsThatAreGoneOrDamagedAreMadeAnewFromSoundContent() throws IOException {
        byte[] content = content(100_000);
        ContentHash hash = test.store.put(content);
        Path sums = Path.of(test.pathOf(hash) + BlockSums.SUFFIX);
        TestStore.flipBit(sums, 200);
        reopen();
        assertThat(test.store.openReport().rebuiltSums()).isEqualTo(1);
        Files.delete(sums);
        reopen();
        assertThat(test.store.openReport().rebuiltSums()).isEqualTo(1);
        reopen();
        assertThat(test.store.openReport()).isEqualTo(new OpenReport(1, 100_000, 0, 0, 0, 0, 0));
        assertThat(test.read(hash)).isEqualTo(content);
    }

    @Test
    void sumsThatAreGoneDoNotHideDamage() throws IOException {
        ContentHash hash = test.store.put(content(100_000));
        Path path = test.pathOf(hash);
        Files.delete(Path.of(path + BlockSums.SUFFIX));
        TestStore.flipBit(path, 77);
        reopen();
        assertThat(test.store.openReport().lostFiles()).isEqualTo(1);
        assertThat(test.store.files()).isEmpty();
    }

    @Test
    void aFileThatSomebodyRemovedIsPutAgain() throws IOException {
        byte[] content = content(1000);
        ContentHash hash = test.store.put(content);
        Files.delete(test.pathOf(hash));
        test.store.put(content);
        assertThat(test.read(hash)).isEqualTo(content);
        assertThat(test.lost).hasSize(1);
    }

    @Test
    void aSegmentIsItsFilesAndIsLiveAsAWhole() throws IOException {
        Path folder = Files.createDirectory(temp.resolve("segment"));
        Map<String, byte[]> files =
                Map.of("vectors.idx", content(150_000), "_0.cfs", content(3000), "keys", content(0));
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Files.write(folder.resolve(file.getKey()), file.getValue());
        }
        ContentHash segment = test.segments.put(folder);
        ContentHash other = test.store.put(content(5));
        test.clock.advance(Duration.ofDays(2));

        assertThat(test.store.collect(test.segments.live(Set.of(segment))).deletedFiles())
                .isEqualTo(1);
        assertThat(test.store.find(other)).isEmpty();
        assertThat(test.segments.missing(segment)).isEmpty();
        try (OpenSegment open = test.segments.open(segment)) {
            open.verify();
            assertThat(open.manifest().files().keySet()).isEqualTo(files.keySet());
            files.forEach((name, content) -> assertThat(open.file(name).memory().toArray(ValueLayout.JAVA_BYTE))
                    .isEqualTo(content));
            refused(ErrorCode.SEGMENT_NOT_FOUND, () -> open.file("other"));
        }
        assertThat(test.store.statistics().readers()).isZero();
    }

    @Test
    void aSegmentWithAMissingFileIsNotOpenedAndHoldsNothing() throws IOException {
        Path folder = Files.createDirectory(temp.resolve("segment"));
        Files.write(folder.resolve("a"), content(100));
        ContentHash b = ContentHash.of(Files.write(folder.resolve("b"), content(200)));
        ContentHash segment = test.segments.put(folder);
        TestStore.flipBit(test.pathOf(b), 5);
        try (SegmentFile file = test.store.open(b)) {
            refused(ErrorCode.SEGMENT_CORRUPT, file::verify);
        }

        refused(ErrorCode.SEGMENT_NOT_FOUND, () -> test.segments.open(segment));
        assertThat(test.segments.missing(segment)).containsExactly(b);
        assertThat(test.store.statistics().readers()).isZero();
    }

    @Test
    void withoutItsManifestNobodyKnowsWhatIsLive() {
        refused(ErrorCode.SEGMENT_NOT_FOUND, () -> test.segments.live(Set.of(ContentHash.of(content(3)))));
    }

    private byte[] content(int size) {
        return TestStore.bytes(random, size);
    }

    private void reopen() {
        test.close();
        test = TestStore.open(List.of(temp.resolve("a"), temp.resolve("b")), test.clock);
    }

    private List<Path> temporaryFiles() {
        return test.disks.disks().stream()
                .flatMap(disk -> TestStore.list(DiskFolders.of(disk).temporary()).stream())
                .toList();
    }

    private static org.assertj.core.api.AbstractThrowableAssert<?, ? extends Throwable> refused(
            ErrorCode code, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        VectorDbException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
