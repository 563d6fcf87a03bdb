package io.vectordb.segmentstore;

import io.vectordb.disks.DurableFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The damaged files: kept for those who want to know why, never served. */
final class Quarantine {

    private static final Logger LOG = LoggerFactory.getLogger(Quarantine.class);
    private static final String WHY_SUFFIX = ".why";

    private final Clock clock;

    Quarantine(Clock clock) {
        this.clock = clock;
    }

    /** Moves content and sums there. False when the disk does not let us; the file must not be served all the same. */
    boolean take(DiskFolders folders, ContentHash hash, String reason) {
        String name = hash + "." + clock.millis();
        try {
            Path target = unused(folders.quarantine(), name);
            ByteBuffer why = ByteBuffer.wrap((reason + "\n").getBytes(StandardCharsets.UTF_8));
            DurableFiles.write(beside(target, WHY_SUFFIX), why);
            moveIfThere(folders.content(hash), target);
            moveIfThere(folders.sums(hash), beside(target, BlockSums.SUFFIX));
            DurableFiles.syncFolder(folders.quarantine());
            DurableFiles.syncFolder(folders.files());
            return Files.exists(target);
        } catch (IOException e) {
            LOG.warn("cannot set {} aside", folders.content(hash), e);
            return false;
        }
    }

    static List<QuarantinedFile> list(DiskFolders folders) throws IOException {
        List<QuarantinedFile> found = new ArrayList<>();
        try (DirectoryStream<Path> whys = Files.newDirectoryStream(folders.quarantine(), "*" + WHY_SUFFIX)) {
            for (Path why : whys) {
                String name = why.getFileName().toString();
                Path content = folders.quarantine().resolve(name.substring(0, name.length() - WHY_SUFFIX.length()));
                String[] parts = name.split("\\.");
                found.add(new QuarantinedFile(
                        new ContentHash(parts[0]),
                        content,
                        Files.exists(content) ? Files.size(content) : 0,
                        Instant.ofEpochMilli(Long.parseLong(parts[1])),
                        Files.readString(why).strip()));
            }
        }
        return found;
    }

    static void discard(QuarantinedFile file) throws IOException {
        Files.deleteIfExists(file.content());
        Files.deleteIfExists(beside(file.content(), BlockSums.SUFFIX));
        Files.deleteIfExists(beside(file.content(), WHY_SUFFIX));
    }

    private static Path unused(Path folder, String name) {
        Path target = folder.resolve(name);
        for (int i = 1; Files.exists(beside(target, WHY_SUFFIX)); i++) {
            target = folder.resolve(name + "." + i);
        }
        return target;
    }

    private static Path beside(Path file, String suffix) {
        return file.resolveSibling(file.getFileName() + suffix);
    }

    private static void moveIfThere(Path from, Path to) throws IOException {
        if (Files.exists(from)) {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        }
    }
}
