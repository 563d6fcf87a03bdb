package io.vectordb.backup;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A folder as a target, of this machine or mounted from elsewhere.
 *
 * <p>Format, version {@value #VERSION}:
 *
 * <ul>
 *   <li>{@code vectordb-backups}: the line {@code vectordb-backups 1}. A folder without it that is not empty is refused.
 *   <li>{@code blobs/<first two digits>/<sha256>}: the bytes and nothing else, {@code sha256sum} verifies them. The time of
 *       modification is when the blob was put or renewed.
 *   <li>{@code manifests/<id>}: see {@link ManifestFormat}.
 *   <li>{@code temporary/}: what is being written or removed.
 *   <li>{@code damaged/<sha256>.<millis>}: blobs that were set aside.
 * </ul>
 *
 * <p>Everything is written to {@code temporary}, synced, renamed, and the folder synced.
 */
public final class FolderTarget implements BackupTarget {

    /** The version of the format. */
    public static final int VERSION = 1;

    private static final String MARKER = "vectordb-backups";
    private static final Pattern MANIFEST_ID = Pattern.compile("[a-z0-9][a-z0-9_.-]{0,127}");
    private static final int COPY_BYTES = 1 << 20;

    private final Path root;
    private final InstantSource clock;
    private final Path blobs;
    private final Path manifests;
    private final Path temporary;

    private FolderTarget(Path root, InstantSource clock) {
        this.root = root;
        this.clock = clock;
        this.blobs = root.resolve("blobs");
        this.manifests = root.resolve("manifests");
        this.temporary = root.resolve("temporary");
    }

    /**
     * Takes the folder as a target, and makes it one where it is empty or absent.
     *
     * @throws VectorDbException INVALID_VALUE when it holds other things
     */
    public static FolderTarget make(Path root, InstantSource clock) throws IOException {
        Optional<FolderTarget> found = find(root, clock);
        if (found.isPresent()) {
            return found.get();
        }
        Files.createDirectories(root);
        refuseUnlessEmpty(root);
        FolderTarget made = new FolderTarget(root, clock);
        Files.createDirectories(made.blobs);
        Files.createDirectories(made.manifests);
        Files.createDirectories(made.temporary);
        made.write(root.resolve(MARKER), (MARKER + " " + VERSION + "\n").getBytes(US_ASCII));
        syncFolder(root.toAbsolutePath().getParent());
        return made;
    }

    /** The target that the folder is; none where there is no such folder, or an empty one. */
    public static Optional<FolderTarget> find(Path root, InstantSource clock) throws IOException {
        Path marker = root.resolve(MARKER);
        if (!Files.exists(marker)) {
            return Optional.empty();
        }
        String expected = MARKER + " " + VERSION;
        String line = Files.readString(marker, US_ASCII).strip();
        if (!line.equals(expected)) {
            throw new VectorDbException(
                    ErrorCode.FEATURE_NOT_AVAILABLE,
                    root + " is a folder of the format \"" + line + "\", this program reads \"" + expected + "\"");
        }
        return Optional.of(new FolderTarget(root, clock));
    }

    /** What a start that was cut off has made does not count. */
    private static void refuseUnlessEmpty(Path root) throws IOException {
        try (Stream<Path> content = Files.list(root)) {
            Optional<Path> other = content.filter(each ->
                            !List.of("blobs", "manifests", "temporary").contains(String.valueOf(each.getFileName())))
                    .findFirst();
            if (other.isPresent()) {
                throw new VectorDbException(
                        ErrorCode.INVALID_VALUE,
                        root + " is no folder of backups and not empty: it has " + other.get(),
                        Map.of("target", root.toString()));
            }
        }
    }

    @Override
    public String name() {
        return root.toString();
    }

    private Path folder(BlobId blob) {
        return blobs.resolve(blob.sha256().substring(0, 2));
    }

    private Path path(BlobId blob) {
        return folder(blob).resolve(blob.sha256());
    }

    @Override
    public boolean renew(BlobId blob, long bytes) throws IOException {
        Path file = path(blob);
        try {
            if (Files.size(file) != bytes) {
                return false;
            }
            Files.setLastModifiedTime(file, FileTime.from(clock.instant()));
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    @Override
    public void put(BlobId blob, long bytes, InputStream content) throws IOException {
        Path file = temporaryFile();
        try {
            copy(blob, bytes, content, file);
            Files.setLastModifiedTime(file, FileTime.from(clock.instant()));
            Path folder = folder(blob);
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(folder);
                syncFolder(blobs);
            }
            Files.move(file, path(blob), StandardCopyOption.ATOMIC_MOVE);
            syncFolder(folder);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private static void copy(BlobId blob, long bytes, InputStream content, Path file) throws IOException {
        MessageDigest digest = BlobId.digest();
        long written = 0;
        byte[] buffer = new byte[COPY_BYTES];
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
                digest.update(buffer, 0, read);
                writeAll(channel, ByteBuffer.wrap(buffer, 0, read));
                written += read;
            }
            BlobId found = BlobId.of(digest);
            if (written != bytes || !found.equals(blob)) {
                throw new IOException("expected " + bytes + " bytes of the hash " + blob + ", received " + written
                        + " of " + found + ": the file changed while it was read");
            }
            channel.force(true);
        }
    }

    private static void writeAll(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    @Override
    public InputStream open(BlobId blob) throws IOException {
        return Files.newInputStream(path(blob));
    }

    @Override
    public List<StoredBlob> blobs() throws IOException {
        List<StoredBlob> found = new ArrayList<>();
        for (Path file : tree(blobs)) {
            String name = String.valueOf(file.getFileName());
            if (BlobId.isOne(name)) {
                try {
                    found.add(new StoredBlob(
                            new BlobId(name),
                            Files.size(file),
                            Files.getLastModifiedTime(file).toInstant()));
                } catch (NoSuchFileException e) {
                    continue; // Removed since it was listed.
                }
            }
        }
        return found;
    }

    private static List<Path> tree(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.toList();
        }
    }

    /** Moved out of the way first: a backup that renews it meanwhile either finds it gone or is seen here. */
    @Override
    public boolean removeIfOlder(BlobId blob, Instant time) throws IOException {
        Path file = path(blob);
        Path out = temporaryFile();
        try {
            if (!isOlder(file, time)) {
                return false;
            }
            Files.move(file, out, StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException e) {
            return false;
        }
        if (!isOlder(out, time)) {
            Files.move(out, file, StandardCopyOption.ATOMIC_MOVE);
            return false;
        }
        Files.delete(out);
        return true;
    }

    private static boolean isOlder(Path file, Instant time) throws IOException {
        return Files.getLastModifiedTime(file).toInstant().isBefore(time);
    }

    @Override
    public void setAside(BlobId blob) throws IOException {
        Path damaged = root.resolve("damaged");
        Files.createDirectories(damaged);
        Files.move(path(blob), damaged.resolve(blob + "." + clock.millis()), StandardCopyOption.ATOMIC_MOVE);
        syncFolder(damaged);
    }

    @Override
    public void publish(String id, byte[] manifest) throws IOException {
        Path file = manifestFile(id);
        if (Files.exists(file)) {
            throw new IOException("there is a manifest " + id + " in " + root + " already");
        }
        write(file, manifest);
    }

    private void write(Path file, byte[] bytes) throws IOException {
        Path part = temporaryFile();
        try (FileChannel channel = FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            writeAll(channel, ByteBuffer.wrap(bytes));
            channel.force(true);
        }
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        syncFolder(file.getParent());
    }

    private Path manifestFile(String id) {
        if (!MANIFEST_ID.matcher(id).matches()) {
            throw new VectorDbException(ErrorCode.BACKUP_NOT_FOUND, "there is no backup " + id, Map.of("backup", id));
        }
        return manifests.resolve(id);
    }

    @Override
    public Optional<byte[]> manifest(String id) throws IOException {
        try {
            return Optional.of(Files.readAllBytes(manifestFile(id)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    @Override
    public List<String> manifests() throws IOException {
        try (Stream<Path> files = Files.list(manifests)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> MANIFEST_ID.matcher(name).matches())
                    .sorted()
                    .toList();
        }
    }

    @Override
    public void removeManifest(String id) throws IOException {
        Files.deleteIfExists(manifestFile(id));
        syncFolder(manifests);
    }

    @Override
    public void sweep(Instant time) throws IOException {
        for (Path file : tree(temporary)) {
            try {
                if (Files.isRegularFile(file) && isOlder(file, time)) {
                    Files.deleteIfExists(file);
                }
            } catch (NoSuchFileException e) {
                continue; // Its owner was faster.
            }
        }
    }

    private Path temporaryFile() {
        return temporary.resolve(UUID.randomUUID().toString());
    }

    private static void syncFolder(@Nullable Path folder) throws IOException {
        if (folder != null) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }
}
