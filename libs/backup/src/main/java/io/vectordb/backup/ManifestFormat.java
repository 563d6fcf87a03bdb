package io.vectordb.backup;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.backup.v1.BackupManifest;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a manifest is stored: a line {@code vectordb-backup-manifest 1 <sha256>} with the version of the format and the
 * SHA-256 of all bytes after the line, then the {@link BackupManifest} as JSON in UTF-8, members called as in the proto
 * file. A member that is not known is refused: it would be lost by a restore.
 */
public final class ManifestFormat {

    /** The version that is written; no other one exists yet. */
    public static final int VERSION = 1;

    private static final Pattern HEADER = Pattern.compile("vectordb-backup-manifest (\\d{1,9}) ([0-9a-f]{64})");
    private static final int HEADER_BYTES = 128;

    private ManifestFormat() {}

    public static byte[] encode(BackupManifest manifest) {
        byte[] body = json(manifest).getBytes(UTF_8);
        byte[] header = ("vectordb-backup-manifest " + VERSION + " " + BlobId.of(body) + "\n").getBytes(US_ASCII);
        byte[] file = Arrays.copyOf(header, header.length + body.length);
        System.arraycopy(body, 0, file, header.length, body.length);
        return file;
    }

    private static String json(BackupManifest manifest) {
        try {
            return JsonFormat.printer()
                            .preservingProtoFieldNames()
                            .sortingMapKeys()
                            .print(manifest) + "\n";
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a manifest holds nothing that JSON cannot say", e);
        }
    }

    /**
     * The manifest in the file.
     *
     * @throws VectorDbException SEGMENT_CORRUPT when it is not as it was written, FEATURE_NOT_AVAILABLE for a format of
     *     another version
     */
    public static BackupManifest decode(String id, byte[] file) {
        int end = 0;
        while (end < Math.min(file.length, HEADER_BYTES) && file[end] != '\n') {
            end++;
        }
        Matcher header = HEADER.matcher(new String(file, 0, end, US_ASCII));
        if (!header.matches()) {
            throw corrupt(id, "it does not begin as one");
        }
        if (Integer.parseInt(header.group(1)) != VERSION) {
            throw new VectorDbException(
                    ErrorCode.FEATURE_NOT_AVAILABLE,
                    "the manifest of backup " + id + " has the format " + header.group(1) + ", this program reads "
                            + VERSION,
                    Map.of("backup", id));
        }
        byte[] body = Arrays.copyOfRange(file, Math.min(file.length, end + 1), file.length);
        if (!BlobId.of(body).sha256().equals(header.group(2))) {
            throw corrupt(id, "its checksum is that of other bytes");
        }
        return parse(id, body);
    }

    private static BackupManifest parse(String id, byte[] body) {
        BackupManifest.Builder manifest = BackupManifest.newBuilder();
        try {
            JsonFormat.parser().merge(new String(body, UTF_8), manifest);
        } catch (InvalidProtocolBufferException e) {
            throw new VectorDbException(
                    ErrorCode.FEATURE_NOT_AVAILABLE,
                    "the manifest of backup " + id + " says what this program does not know: " + e.getMessage(),
                    Map.of("backup", id));
        }
        if (!manifest.getId().equals(id)) {
            throw corrupt(id, "it is that of backup " + manifest.getId());
        }
        return manifest.build();
    }

    private static VectorDbException corrupt(String id, String why) {
        return new VectorDbException(
                ErrorCode.SEGMENT_CORRUPT,
                "the manifest of backup " + id + " is damaged: " + why,
                Map.of("backup", id));
    }
}
