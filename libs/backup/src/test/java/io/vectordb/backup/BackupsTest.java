package io.vectordb.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.backup.v1.BackupFile;
import io.vectordb.internal.backup.v1.BackupManifest;
import io.vectordb.internal.backup.v1.ShardBackup;
import io.vectordb.testkit.Seeds;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups of random files against a map from backup to file to content. */
class BackupsTest {

    private static final Duration GRACE = Duration.ofHours(24);

    private final SplittableRandom random = Seeds.splittable(BackupsTest.class);
    private final ManualClock clock = new ManualClock();
    private final Map<String, Map<String, byte[]>> model = new TreeMap<>();
    private int nextId;

    @TempDir
    Path folder;

    private FolderTarget target;
    private Backups backups;

    @BeforeEach
    void open() throws IOException {
        target = FolderTarget.make(folder.resolve("target"), clock);
        backups = new Backups(target, clock, GRACE);
    }

    private Map<String, byte[]> someFiles(Map<String, byte[]> before) {
        Map<String, byte[]> files = new HashMap<>(before);
        files.keySet().removeIf(_ -> random.nextInt(4) == 0);
        for (int i = 0; i < 5; i++) {
            byte[] bytes = new byte[random.nextInt(3_000)];
            random.nextBytes(bytes);
            files.put(String.format("%06d.sst", random.nextInt(30)), bytes);
        }
        return files;
    }

    private ShardBackup store(Map<String, byte[]> files) throws IOException {
        Path source = Files.createDirectories(folder.resolve("source"));
        FileCopier copier = new FileCopier(target, Pace.FREE);
        ShardBackup.Builder shard = ShardBackup.newBuilder().setShard("s-0");
        for (Map.Entry<String, byte[]> file : new TreeMap<>(files).entrySet()) {
            Path path = Files.write(source.resolve(file.getKey()), file.getValue());
            shard.addFiles(copier.store(path, file.getKey()));
        }
        return shard.setNewBytes(copier.newBytes()).build();
    }

    private BackupManifest backUp(Map<String, byte[]> files) throws IOException {
        BackupManifest manifest = BackupManifest.newBuilder()
                .setId("c-" + nextId++)
                .addShards(store(files))
                .build();
        backups.publish(manifest);
        model.put(manifest.getId(), files);
        return manifest;
    }

    private void expectWhole(String id) throws IOException {
        Path to = Files.createDirectories(folder.resolve("fetched-" + id + "-" + nextId));
        FileCopier copier = new FileCopier(target, Pace.FREE);
        for (BackupFile file : backups.get(id).getShards(0).getFilesList()) {
            copier.fetch(file, to);
        }
        Map<String, byte[]> expected = model.getOrDefault(id, Map.of());
        try (Stream<Path> files = Files.list(to)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(expected.keySet());
        }
        for (Map.Entry<String, byte[]> file : expected.entrySet()) {
            assertThat(to.resolve(file.getKey())).hasBinaryContent(file.getValue());
        }
    }

    @Test
    void everyBackupStaysWholeWhileOthersComeAndGo() throws IOException {
        Map<String, byte[]> files = Map.of();
        for (int step = 0; step < 60; step++) {
            int what = random.nextInt(10);
            if (what < 5 || model.isEmpty()) {
                files = someFiles(files);
                backUp(files);
            } else if (what < 7) {
                String id = new ArrayList<>(model.keySet()).get(random.nextInt(model.size()));
                backups.forget(id);
                model.remove(id);
            } else if (what < 9) {
                clock.pass(Duration.ofHours(random.nextInt(48)));
                backups.collect();
            } else {
                store(someFiles(files)); // One that never gets its manifest.
            }
        }
        assertThat(backups.list()).extracting(BackupManifest::getId).containsExactlyElementsOf(model.keySet());
        for (String id : model.keySet()) {
            expectWhole(id);
            assertThat(backups.verify(backups.get(id), Pace.FREE).damaged()).isEmpty();
        }
        clock.pass(GRACE.multipliedBy(2));
        backups.collect();
        long live = model.values().stream()
                .flatMap(each -> each.values().stream())
                .map(BlobId::of)
                .distinct()
                .count();
        assertThat(target.blobs()).hasSize((int) live);
    }

    @Test
    void onlyWhatIsNewIsWritten() throws IOException {
        Map<String, byte[]> files = new HashMap<>(Map.of("1.sst", new byte[1_000], "2.sst", new byte[] {1, 2, 3}));
        assertThat(backUp(files).getShards(0).getNewBytes()).isEqualTo(1_003);
        assertThat(backUp(files).getShards(0).getNewBytes()).isZero();
        files.put("3.sst", new byte[] {4, 5});
        assertThat(backUp(files).getShards(0).getNewBytes()).isEqualTo(2);
    }

    @Test
    void aBackupGoesOnAfterACrashWithoutWritingAgain() throws IOException {
        Map<String, byte[]> files = someFiles(Map.of());
        ShardBackup lost = store(files);
        assertThat(lost.getNewBytes()).isPositive();
        assertThat(backups.list()).isEmpty();
        assertThat(backUp(files).getShards(0).getNewBytes()).isZero();
    }

    @Test
    void aFlippedByteIsFoundByNameAndMendedByTheNextBackup() throws IOException {
        Map<String, byte[]> files = someFiles(Map.of());
        BackupManifest manifest = backUp(files);
        BackupFile victim = manifest.getShards(0).getFilesList().stream()
                .max(Comparator.comparingLong(BackupFile::getBytes))
                .orElseThrow();
        flip(victim);
        assertThatThrownBy(() -> new FileCopier(target, Pace.FREE).fetch(victim, folder))
                .isInstanceOfSatisfying(
                        VectorDbException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SEGMENT_CORRUPT))
                .hasMessageContaining(victim.getSha256());
        BackupReport report = backups.verify(manifest, Pace.FREE);
        assertThat(report.damaged()).singleElement().satisfies(damage -> {
            assertThat(damage.blob().sha256()).isEqualTo(victim.getSha256());
            assertThat(damage.file()).isEqualTo(victim.getName());
        });
        assertThat(backups.verify(manifest, Pace.FREE).damaged())
                .singleElement()
                .extracting(BackupReport.Damage::problem)
                .isEqualTo("missing");
        assertThat(backUp(files).getShards(0).getNewBytes()).isEqualTo(victim.getBytes());
        assertThat(backups.verify(manifest, Pace.FREE).damaged()).isEmpty();
        expectWhole(manifest.getId());
    }

    private void flip(BackupFile file) throws IOException {
        Path path = folder.resolve("target/blobs")
                .resolve(file.getSha256().substring(0, 2))
                .resolve(file.getSha256());
        byte[] bytes = Files.readAllBytes(path);
        bytes[random.nextInt(bytes.length)] ^= 1;
        Files.write(path, bytes);
    }

    @Test
    void aBackupWhoseFilesWereCollectedMeanwhileIsNotPublished() throws IOException {
        ShardBackup shard = store(someFiles(Map.of()));
        clock.pass(GRACE.plusHours(1));
        assertThat(backups.collect().removed()).isPositive();
        BackupManifest manifest =
                BackupManifest.newBuilder().setId("late").addShards(shard).build();
        assertThatThrownBy(() -> backups.publish(manifest))
                .isInstanceOfSatisfying(
                        VectorDbException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OPERATION_CONFLICT));
        assertThat(backups.list()).isEmpty();
    }

    @Test
    void nothingIsCollectedWhileAManifestCannotBeRead() throws IOException {
        backUp(someFiles(Map.of()));
        clock.pass(GRACE.multipliedBy(2));
        Path manifest = folder.resolve("target/manifests/c-0");
        byte[] bytes = Files.readAllBytes(manifest);
        bytes[bytes.length / 2] ^= 1;
        Files.write(manifest, bytes);
        assertThatThrownBy(backups::collect)
                .isInstanceOfSatisfying(
                        VectorDbException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SEGMENT_CORRUPT));
        assertThat(backups.list()).isEmpty();
        assertThat(target.blobs()).isNotEmpty();
    }

    @Test
    void filesDoNotLeadOutOfTheFolderTheyAreFetchedTo() {
        for (String name : List.of("../x", "", ".hidden", "a/b", "a\\b")) {
            BackupFile file = BackupFile.newBuilder()
                    .setName(name)
                    .setSha256(BlobId.of(new byte[0]).sha256())
                    .build();
            assertThatThrownBy(() -> {
                        target.put(BlobId.of(new byte[0]), 0, InputStream.nullInputStream());
                        new FileCopier(target, Pace.FREE).fetch(file, folder);
                    })
                    .isInstanceOf(VectorDbException.class);
        }
    }
}
