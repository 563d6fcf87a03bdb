package io.vectordb.backup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Timestamp;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.backup.v1.BackupFile;
import io.vectordb.internal.backup.v1.BackupManifest;
import io.vectordb.internal.backup.v1.ShardBackup;
import io.vectordb.internal.metadata.v1.CollectionState;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.v1.Collection;
import io.vectordb.v1.CollectionSettings;
import io.vectordb.v1.Field;
import io.vectordb.v1.Schema;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What is written now, and every version that was ever released, can be read. */
class ManifestFormatCompatibilityTest {

    private static final String ID = "filings-20260102t030405-0a1b2c";

    private static BackupManifest manifest() {
        return BackupManifest.newBuilder()
                .setId(ID)
                .setTime(Timestamp.newBuilder().setSeconds(1_767_323_045))
                .setClusterId("cluster-1")
                .setBase("filings-20260101t030405-ffffff")
                .setCollection(CollectionState.newBuilder()
                        .setCollection(Collection.newBuilder()
                                .setName("filings")
                                .setUid("uid-1")
                                .setSchemaVersion(3)
                                .setState(Collection.State.READY)
                                .setSchema(Schema.newBuilder()
                                        .addPrimaryKey("id")
                                        .addFields(
                                                Field.newBuilder().setName("id").setType("keyword"))
                                        .addFields(
                                                Field.newBuilder().setName("v").setType("vector(3)")))
                                .setSettings(CollectionSettings.newBuilder()
                                        .setBuckets(1024)
                                        .setShards(1)
                                        .setReplicas(3)))
                        .addShards(ShardState.newBuilder()
                                .setUid("uid-1-0")
                                .setName("filings-0")
                                .setBucketTo(1024)
                                .setEpoch(1)
                                .setIncarnation(1)
                                .addStorageNodes("storage-1")))
                .addShards(ShardBackup.newBuilder()
                        .setShard("uid-1-0")
                        .setIncarnation(1)
                        .setBucketTo(1024)
                        .setNode("storage-1")
                        .setTerm(2)
                        .setLogIndex(77)
                        .setSeq((1L << 40) + 76)
                        .setFloorSeq((1L << 40) + 5)
                        .setRecords(12)
                        .setContentSha256("ab".repeat(32))
                        .setNewBytes(1_234)
                        .addFiles(BackupFile.newBuilder()
                                .setName("000012.sst")
                                .setBytes(1_234)
                                .setSha256("cd".repeat(32))))
                .setHash("ef".repeat(32))
                .build();
    }

    private static byte[] golden(String name) throws IOException {
        try (InputStream in = ManifestFormatCompatibilityTest.class.getResourceAsStream("/" + name)) {
            assertThat(in).as(name).isNotNull();
            return in.readAllBytes();
        }
    }

    @Test
    void versionOneIsReadAndWrittenAsItWas() throws IOException {
        byte[] golden = golden("manifest-v1");
        assertThat(new String(ManifestFormat.encode(manifest()), UTF_8)).isEqualTo(new String(golden, UTF_8));
        assertThat(ManifestFormat.decode(ID, golden)).isEqualTo(manifest());
    }

    @Test
    void everyFlippedBitIsNoticed() {
        byte[] file = ManifestFormat.encode(manifest());
        for (int i = 0; i < file.length; i++) {
            byte[] damaged = file.clone();
            damaged[i] ^= (byte) (1 << i % 8);
            assertThatThrownBy(() -> ManifestFormat.decode(ID, damaged)).isInstanceOf(VectorDbException.class);
        }
    }

    @Test
    void everyCutIsNoticed() {
        byte[] file = ManifestFormat.encode(manifest());
        for (int length = 0; length < file.length; length++) {
            byte[] cut = Arrays.copyOf(file, length);
            expect(ErrorCode.SEGMENT_CORRUPT, ID, cut);
        }
    }

    @Test
    void whatALaterVersionWroteIsRefused() {
        String body = "{\"id\": \"" + ID + "\", \"new_member\": 1}";
        String sums = " " + BlobId.of(body.getBytes(UTF_8)) + "\n" + body;
        expect(ErrorCode.FEATURE_NOT_AVAILABLE, ID, ("vectordb-backup-manifest 2" + sums).getBytes(UTF_8));
        expect(ErrorCode.FEATURE_NOT_AVAILABLE, ID, ("vectordb-backup-manifest 1" + sums).getBytes(UTF_8));
    }

    @Test
    void aManifestUnderAnotherNameIsRefused() {
        expect(ErrorCode.SEGMENT_CORRUPT, "other", ManifestFormat.encode(manifest()));
    }

    private static void expect(ErrorCode code, String id, byte[] file) {
        assertThatThrownBy(() -> ManifestFormat.decode(id, file))
                .isInstanceOfSatisfying(
                        VectorDbException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
