package io.vectordb.segmentstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.disks.DiskHealth;
import io.vectordb.disks.DiskLevel;
import io.vectordb.disks.DiskStatus;
import io.vectordb.testkit.Seeds;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On file systems of 16 MiB in memory that really fill up, become read-only or go away. Needs the right to mount. */
class DiskFaultTest {

    private static final String FILE_SYSTEM = "-fs";

    private final Random random = Seeds.random(DiskFaultTest.class);
    private final List<Path> mounted = new ArrayList<>();

    @TempDir
    private Path temp;

    private Path a;
    private Path b;

    @BeforeEach
    void mount() throws IOException, InterruptedException {
        a = mount("a");
        b = mount("b");
    }

    @AfterEach
    void unmount() throws IOException, InterruptedException {
        for (Path folder : mounted) {
            run("umount", "-l", folder.toString());
        }
    }

    @Test
    void aFullDiskTakesNothingNewLosesNothingAndIsUsableAgainAfterDeleting() {
        try (TestStore test = TestStore.openOnRealDisks(List.of(a))) {
            List<ContentHash> put = new ArrayList<>();
            assertThatThrownBy(() -> {
                        while (true) {
                            put.add(test.store.put(content(1 << 20)));
                        }
                    })
                    .isInstanceOfSatisfying(
                            VectorDbException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DISK_FULL))
                    .hasMessageContaining("85.0 %");
            assertThat(put).hasSizeBetween(11, 13);
            put.forEach(hash -> assertThat(ContentHash.of(test.read(hash))).isEqualTo(hash));

            test.clock.advance(TestStore.GRACE.plusMillis(1));
            assertThat(test.store.collect(Set.of(put.getFirst())).deletedFiles())
                    .isEqualTo(put.size() - 1);
            test.store.put(content(1 << 20));
        }
    }

    @Test
    void anUploadUnderWayIsRefusedAboveTheLastWatermarkAndGoesOnWhenThereIsRoomAgain() throws IOException {
        try (TestStore test = TestStore.openOnRealDisks(List.of(a))) {
            byte[] content = content(4 << 20);
            Upload upload = test.store.begin(ContentHash.of(content), content.length);
            upload.write(0, ByteBuffer.wrap(content, 0, 1 << 20));
            Path filler = Files.write(a.resolve("filler"), new byte[(14 << 20) + 300_000]);
            assertThat(test.disks.disks().getFirst().level()).isEqualTo(DiskLevel.REJECT_WRITES);

            assertThatThrownBy(() -> upload.write(1 << 20, ByteBuffer.wrap(content, 1 << 20, 100)))
                    .isInstanceOfSatisfying(
                            VectorDbException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DISK_FULL));
            assertThat(upload.offset()).isEqualTo(1 << 20);

            Files.delete(filler);
            upload.write(1 << 20, ByteBuffer.wrap(content, 1 << 20, 3 << 20));
            upload.commit();
            assertThat(test.read(upload.hash())).isEqualTo(content);
        }
    }

    @Test
    void aDiskThatIsFullToTheLastByteFailsTheUploadAndIsNotTakenForBroken() throws IOException {
        try (TestStore test = TestStore.openOnRealDisks(List.of(a))) {
            ContentHash before = test.store.put(content(1000));
            byte[] content = content(8 << 20);
            Upload upload = test.store.begin(ContentHash.of(content), content.length);
            Files.write(a.resolve("filler"), new byte[14 << 20]);

            assertThatThrownBy(() -> upload.write(0, ByteBuffer.wrap(content)))
                    .isInstanceOfSatisfying(
                            VectorDbException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DISK_FULL))
                    .hasMessageContaining("No space left");

            assertThat(test.disks.disks().getFirst().health()).isEqualTo(DiskHealth.HEALTHY);
            assertThat(test.disks.disks().getFirst().reservedBytes()).isZero();
            assertThat(TestStore.list(a.resolve("segments/temporary"))).isEmpty();
            assertThat(test.read(before)).hasSize(1000);
            test.disks.probe();
            assertThat(test.disks.disks().getFirst().health()).isEqualTo(DiskHealth.HEALTHY);
        }
    }

    @Test
    void aDiskThatBecomesReadOnlyStillServesAndNewFilesGoElsewhere() throws IOException, InterruptedException {
        try (TestStore test = TestStore.openOnRealDisks(List.of(a, b))) {
            Files.write(b.resolve("filler"), new byte[1 << 20]);
            byte[] content = content(100_000);
            ContentHash onA = test.store.put(content);
            assertThat(test.pathOf(onA)).startsWith(a);
            Upload broken = test.store.begin(ContentHash.of(content(10)), 10);
            makeReadOnly(a);

            test.disks.probe();
            assertThat(statusOf(test, a).health()).isEqualTo(DiskHealth.READ_ONLY);
            assertThat(test.read(onA)).isEqualTo(content);
            assertThat(test.store.put(content)).isEqualTo(onA);
            assertThat(test.pathOf(test.store.put(content(10)))).startsWith(b);
            assertThatThrownBy(() -> broken.write(0, ByteBuffer.allocate(5))).isInstanceOf(VectorDbException.class);
            test.clock.advance(TestStore.GRACE.plusMillis(1));
            assertThat(test.store.collect(Set.of())).isEqualTo(new CollectReport(1, 10, 0, 0, 1));
            assertThat(test.lost).isEmpty();
        }
        try (TestStore test = TestStore.openOnRealDisks(List.of(a, b))) {
            assertThat(statusOf(test, a).health()).isEqualTo(DiskHealth.READ_ONLY);
            assertThat(test.store.openReport().files()).isEqualTo(1);
        }
    }

    @Test
    void aDiskThatGoesAwayCostsItsOwnFilesAndTheyAreAskedForAgain() throws IOException, InterruptedException {
        try (TestStore test = TestStore.openOnRealDisks(List.of(a, b))) {
            Set<ContentHash> onA = new TreeSet<>();
            Set<ContentHash> onB = new TreeSet<>();
            while (onA.size() < 3 || onB.size() < 3) {
                ContentHash hash = test.store.put(content(300_000));
                (test.pathOf(hash).startsWith(a) ? onA : onB).add(hash);
            }
            SegmentFile held = test.store.open(onA.iterator().next());
            byte[] mapped = held.memory().toArray(ValueLayout.JAVA_BYTE);
            run("umount", "-l", a.toString());

            test.disks.probe();

            assertThat(statusOf(test, a).health()).isEqualTo(DiskHealth.FAILED);
            assertThat(test.lost).extracting(LostFile::hash).containsExactlyInAnyOrderElementsOf(onA);
            onB.forEach(hash -> assertThat(test.read(hash)).hasSize(300_000));
            assertThat(test.store.missing(onA)).isEqualTo(onA);
            assertThat(held.isLost()).isTrue();
            assertThat(held.memory().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(mapped);
            held.close();
            assertThat(test.pathOf(test.store.put(mapped))).startsWith(b);
        }
        try (TestStore test = TestStore.openOnRealDisks(List.of(a, b))) {
            assertThat(statusOf(test, a).health()).isEqualTo(DiskHealth.MISSING);
            assertThat(a).isEmptyDirectory();
            assertThat(test.store.files()).isNotEmpty();
        }
    }

    @Test
    void aCopyThatComesBackWithItsDiskIsDropped() throws IOException, InterruptedException {
        byte[] content = content(100_000);
        ContentHash hash;
        try (TestStore test = TestStore.openOnRealDisks(List.of(a, b))) {
            hash = test.store.put(content);
        }
        Path with = Files.exists(a.resolve("segments/files").resolve(hash.hex())) ? a : b;
        Path without = with.equals(a) ? b : a;
        Path elsewhere = Files.createDirectory(temp.resolve("elsewhere"));
        run("mount", "--move", with.toString(), elsewhere.toString());
        try (TestStore test = TestStore.openOnRealDisks(List.of(with, without))) {
            assertThat(test.store.missing(Set.of(hash))).containsExactly(hash);
            test.store.put(content);
        }
        run("mount", "--move", elsewhere.toString(), with.toString());
        try (TestStore test = TestStore.openOnRealDisks(List.of(with, without))) {
            assertThat(test.store.openReport().duplicateFiles()).isEqualTo(1);
            assertThat(test.read(hash)).isEqualTo(content);
        }
        try (TestStore test = TestStore.openOnRealDisks(List.of(with, without))) {
            assertThat(test.store.openReport().duplicateFiles()).isZero();
        }
    }

    /** The image of a mounted file system, copied while it is in use, has what was synced and maybe more. */
    @Test
    void aPowerCutLosesNothingThatWasAcknowledged() throws IOException, InterruptedException {
        Path image = temp.resolve("image");
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(64 << 20);
        }
        Assumptions.assumeTrue(run("mkfs.ext4", "-q", image.toString()) == 0, "there is no mkfs.ext4 here");
        Path live = mountImage(image, "live");
        Set<ContentHash> acknowledged = new TreeSet<>();
        try (TestStore test = TestStore.openOnRealDisks(List.of(live))) {
            for (int cut = 0; cut < 5; cut++) {
                for (int i = random.nextInt(4); i >= 0; i--) {
                    acknowledged.add(test.store.put(content(random.nextInt(1 << 20))));
                }
                Upload open = test.store.begin(ContentHash.of(content(10)), 1 << 20);
                open.write(0, ByteBuffer.wrap(content(random.nextInt(1 << 20))));
                Path copy = Files.copy(image, temp.resolve("image-" + cut));
                openAfterPowerCut(mountImage(copy, "cut-" + cut), acknowledged);
                open.abort();
            }
        }
    }

    private static void openAfterPowerCut(Path folder, Set<ContentHash> acknowledged) {
        try (TestStore test = TestStore.openOnRealDisks(List.of(folder))) {
            assertThat(test.store.missing(acknowledged)).isEmpty();
            assertThat(test.store.files()).hasSameSizeAs(acknowledged);
            assertThat(test.lost).isEmpty();
            assertThat(test.store.openReport().rebuiltSums()).isZero();
            acknowledged.forEach(
                    hash -> assertThat(ContentHash.of(test.read(hash))).isEqualTo(hash));
        }
    }

    private Path mountImage(Path image, String name) throws IOException, InterruptedException {
        Path folder = Files.createDirectory(temp.resolve(name));
        Assumptions.assumeTrue(
                run("mount", "-o", "loop", image.toString(), folder.toString()) == 0,
                "an image cannot be mounted here");
        mounted.addFirst(folder);
        return folder;
    }

    private byte[] content(int size) {
        return TestStore.bytes(random, size);
    }

    private static DiskStatus statusOf(TestStore test, Path folder) {
        return test.disks.statuses().stream()
                .filter(status -> status.folder().equals(folder))
                .findFirst()
                .orElseThrow();
    }

    private Path mount(String name) throws IOException, InterruptedException {
        Path fileSystem = Files.createDirectory(temp.resolve(name + FILE_SYSTEM));
        Path folder = Files.createDirectory(temp.resolve(name));
        Assumptions.assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", fileSystem.toString()) == 0,
                "a tmpfs cannot be mounted here");
        mounted.add(fileSystem);
        mounted.addFirst(folder);
        run("mount", "--bind", fileSystem.toString(), folder.toString());
        return folder;
    }

    /** For files that are opened from now on. */
    private static void makeReadOnly(Path folder) throws IOException, InterruptedException {
        run("umount", "-l", folder.toString());
        run("mount", "--bind", folder + FILE_SYSTEM, folder.toString());
        Assumptions.assumeTrue(
                run("mount", "-o", "remount,bind,ro", folder.toString()) == 0, "a mount cannot be made read-only here");
    }

    private static int run(String... command) throws IOException, InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(20, TimeUnit.SECONDS) ? process.exitValue() : -1;
        } catch (IOException e) {
            return -1;
        }
    }
}
