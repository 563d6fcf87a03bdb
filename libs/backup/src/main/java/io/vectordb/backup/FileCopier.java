package io.vectordb.backup;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.backup.v1.BackupFile;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Map;

/**
 * Files to a target and back. What the target has already is not written again, so going on after a crash is beginning
 * anew. Memory: one buffer. For one thread.
 */
public final class FileCopier {

    private static final int BUFFER_BYTES = 1 << 20;

    private final BackupTarget target;
    private final Pace pace;
    private long newBytes;

    public FileCopier(BackupTarget target, Pace pace) {
        this.target = target;
        this.pace = pace;
    }

    /** What {@link #store} has written to the target. */
    public long newBytes() {
        return newBytes;
    }

    /** Reads the file for its hash, and once more to put it where the target lacks it. */
    public BackupFile store(Path file, String name) throws IOException {
        long bytes = Files.size(file);
        BlobId blob;
        try (InputStream content = Files.newInputStream(file)) {
            blob = hash(content, pace);
        }
        if (!target.renew(blob, bytes)) {
            try (InputStream content = new PacedStream(Files.newInputStream(file), pace)) {
                target.put(blob, bytes, content);
            }
            newBytes += bytes;
        }
        return BackupFile.newBuilder()
                .setName(name)
                .setBytes(bytes)
                .setSha256(blob.sha256())
                .build();
    }

    /**
     * Writes a blob to {@code folder} under the file's name.
     *
     * @throws VectorDbException SEGMENT_CORRUPT when the target does not have it as it was
     */
    public void fetch(BackupFile file, Path folder) throws IOException {
        BlobId blob = new BlobId(file.getSha256());
        MessageDigest digest = BlobId.digest();
        long bytes = 0;
        byte[] buffer = new byte[BUFFER_BYTES];
        try (InputStream content = target.open(blob);
                OutputStream out = Files.newOutputStream(folder.resolve(plain(file.getName())))) {
            for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
                digest.update(buffer, 0, read);
                out.write(buffer, 0, read);
                bytes += read;
                pace.passed(read);
            }
        } catch (NoSuchFileException e) {
            throw damaged(file, "is missing");
        }
        if (bytes != file.getBytes() || !BlobId.of(digest).equals(blob)) {
            throw damaged(file, "holds other bytes than were put there");
        }
    }

    /** The name of a file in a folder, and no way out of it. */
    private static String plain(String name) {
        if (name.isEmpty() || name.startsWith(".") || name.contains("/") || name.contains("\\")) {
            throw new VectorDbException(
                    ErrorCode.SEGMENT_CORRUPT, "a backup holds a file that is called \"" + name + "\"");
        }
        return name;
    }

    private VectorDbException damaged(BackupFile file, String how) {
        return new VectorDbException(
                ErrorCode.SEGMENT_CORRUPT,
                "the blob " + file.getSha256() + " (" + file.getName() + ") of " + target.name() + " " + how,
                Map.of("blob", file.getSha256(), "target", target.name()));
    }

    /** The hash of what a stream gives. */
    static BlobId hash(InputStream content, Pace pace) throws IOException {
        MessageDigest digest = BlobId.digest();
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
            digest.update(buffer, 0, read);
            pace.passed(read);
        }
        return BlobId.of(digest);
    }

    /** Tells of what is read. */
    private static final class PacedStream extends FilterInputStream {

        private final Pace pace;

        PacedStream(InputStream in, Pace pace) {
            super(in);
            this.pace = pace;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read = super.read(buffer, offset, length);
            if (read > 0) {
                pace.passed(read);
            }
            return read;
        }
    }
}
