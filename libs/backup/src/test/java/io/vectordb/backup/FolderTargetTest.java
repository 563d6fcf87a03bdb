package io.vectordb.backup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderTargetTest {

    private static final byte[] BYTES = "content".getBytes(UTF_8);
    private static final BlobId BLOB = BlobId.of(BYTES);

    @TempDir
    Path folder;

    private final ManualClock clock = new ManualClock();

    private FolderTarget target() throws IOException {
        return FolderTarget.make(folder.resolve("target"), clock);
    }

    private static void put(BackupTarget target, byte[] bytes) throws IOException {
        target.put(BlobId.of(bytes), bytes.length, new ByteArrayInputStream(bytes));
    }

    private static byte[] read(BackupTarget target, BlobId blob) throws IOException {
        try (InputStream in = target.open(blob)) {
            return in.readAllBytes();
        }
    }

    @Test
    void whatWasPutIsThereAfterANewStart() throws IOException {
        assertThat(FolderTarget.find(folder.resolve("target"), clock)).isEmpty();
        put(target(), BYTES);
        target().publish("a-1", BYTES);
        assertThat(read(target(), BLOB)).isEqualTo(BYTES);
        assertThat(target().renew(BLOB, BYTES.length)).isTrue();
        assertThat(target().renew(BLOB, BYTES.length + 1)).isFalse();
        assertThat(target().manifests()).containsExactly("a-1");
        assertThat(target().manifest("a-1")).hasValue(BYTES);
        assertThat(target().manifest("a-2")).isEmpty();
        assertThat(folder.resolve("target/temporary")).isEmptyDirectory();
    }

    @Test
    void bytesOfAnotherHashOrSizeLeaveNothing() throws IOException {
        BackupTarget target = target();
        assertThatThrownBy(() -> target.put(BLOB, 5, new ByteArrayInputStream("other".getBytes(UTF_8))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(BLOB.sha256());
        assertThatThrownBy(() -> target.put(BLOB, BYTES.length + 1, new ByteArrayInputStream(BYTES)))
                .isInstanceOf(IOException.class);
        assertThat(target.blobs()).isEmpty();
        assertThat(folder.resolve("target/temporary")).isEmptyDirectory();
        assertThatThrownBy(() -> target.open(BLOB)).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void onlyWhatIsOldEnoughIsRemoved() throws IOException {
        BackupTarget target = target();
        put(target, BYTES);
        Instant put = clock.instant();
        assertThat(target.removeIfOlder(BLOB, put)).isFalse();
        clock.pass(Duration.ofHours(1));
        target.renew(BLOB, BYTES.length);
        assertThat(target.removeIfOlder(BLOB, put.plusSeconds(60))).isFalse();
        assertThat(read(target, BLOB)).isEqualTo(BYTES);
        clock.pass(Duration.ofHours(1));
        assertThat(target.removeIfOlder(BLOB, clock.instant())).isTrue();
        assertThat(target.removeIfOlder(BLOB, clock.instant())).isFalse();
        assertThat(target.blobs()).isEmpty();
    }

    @Test
    void remainsOfACrashAreSweptWhenTheyAreOld() throws IOException {
        FolderTarget target = target();
        Path part = folder.resolve("target/temporary/part");
        Files.write(part, BYTES);
        target.sweep(Instant.now().minusSeconds(60));
        assertThat(part).exists();
        target.sweep(Instant.now().plusSeconds(60));
        assertThat(part).doesNotExist();
    }

    @Test
    void aStartThatWasCutOffIsTakenUp() throws IOException {
        Files.createDirectories(folder.resolve("target/blobs"));
        Files.createDirectories(folder.resolve("target/temporary"));
        put(target(), BYTES);
        assertThat(read(target(), BLOB)).isEqualTo(BYTES);
    }

    @Test
    void foldersOfOtherThingsAreRefused() throws IOException {
        Files.createDirectories(folder.resolve("target"));
        Files.write(folder.resolve("target/letter.txt"), BYTES);
        assertThatThrownBy(this::target)
                .isInstanceOfSatisfying(
                        VectorDbException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_VALUE))
                .hasMessageContaining("letter.txt");
    }

    @Test
    void foldersOfALaterFormatAreRefused() throws IOException {
        target();
        Files.writeString(folder.resolve("target/vectordb-backups"), "vectordb-backups 2\n");
        assertThatThrownBy(this::target)
                .isInstanceOfSatisfying(
                        VectorDbException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FEATURE_NOT_AVAILABLE));
    }

    @Test
    void namesOfManifestsDoNotLeadOutOfTheFolder() throws IOException {
        BackupTarget target = target();
        for (String id : List.of("../vectordb-backups", "", "a/b", ".hidden", "A")) {
            assertThatThrownBy(() -> target.manifest(id))
                    .isInstanceOfSatisfying(
                            VectorDbException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BACKUP_NOT_FOUND));
        }
    }

    @Test
    void aManifestIsNotReplaced() throws IOException {
        BackupTarget target = target();
        target.publish("a", BYTES);
        assertThatThrownBy(() -> target.publish("a", BYTES)).isInstanceOf(IOException.class);
        target.removeManifest("a");
        target.publish("a", BYTES);
    }

    @Test
    void targetsLieBelowTheAllowedFolders() throws IOException {
        Path allowed = Files.createDirectories(folder.resolve("allowed"));
        Path other = Files.createDirectories(folder.resolve("other"));
        Files.createSymbolicLink(allowed.resolve("link"), other);
        BackupTargets targets = new BackupTargets(List.of(allowed, folder.resolve("second")), clock);
        assertThat(targets.make("").name()).isEqualTo(allowed.resolve("default").toString());
        assertThat(targets.make("nightly").name())
                .isEqualTo(allowed.resolve("nightly").toString());
        assertThat(targets.make(folder.resolve("second/x").toString()).name()).endsWith("second/x");
        assertThat(targets.find("nightly")).isPresent();
        assertThat(targets.find("weekly")).isEmpty();
        for (String name : List.of("..", "../other", other.toString(), "link", "link/below", "a\0b")) {
            expectRefused(targets, name, ErrorCode.INVALID_VALUE);
        }
        expectRefused(targets, "s3://bucket", ErrorCode.FEATURE_NOT_AVAILABLE);
        expectRefused(new BackupTargets(List.of(), clock), "", ErrorCode.INVALID_VALUE);
    }

    private static void expectRefused(BackupTargets targets, String name, ErrorCode code) {
        assertThatThrownBy(() -> targets.make(name))
                .as(name)
                .isInstanceOfSatisfying(
                        VectorDbException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
