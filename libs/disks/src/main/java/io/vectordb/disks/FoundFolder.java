package io.vectordb.disks;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** What a configured folder was found to be, before anything is changed. */
sealed interface FoundFolder {

    Path folder();

    /** It has an identity, ours or not. */
    record Identified(Path folder, DiskIdentity identity) implements FoundFolder {}

    /** Nothing is there, or not even the folder: it may become a disk, if none is missed there. */
    record Blank(Path folder) implements FoundFolder {}

    /** It cannot become a disk. */
    record Unusable(Path folder, DiskHealth health, String reason) implements FoundFolder {}

    /** What a fresh file system has, or what a formatting that was cut short leaves. */
    Set<String> LIKE_NOTHING = Set.of("lost+found", DiskIdentity.FILE + ".next", FolderLock.FILE, Disk.PROBE_FILE);

    static FoundFolder look(Path folder) {
        try {
            if (!Files.exists(folder)) {
                return new Blank(folder);
            }
            if (Files.exists(folder.resolve(DiskIdentity.FILE))) {
                return new Identified(folder, DiskIdentity.read(folder));
            }
            return isBlank(folder)
                    ? new Blank(folder)
                    : new Unusable(folder, DiskHealth.UNFORMATTED, "the folder has files and no " + DiskIdentity.FILE);
        } catch (IOException | RuntimeException e) {
            return new Unusable(folder, DiskHealth.FAILED, e.toString());
        }
    }

    private static boolean isBlank(Path folder) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                if (!LIKE_NOTHING.contains(file.getFileName().toString())) {
                    return false;
                }
            }
        }
        return true;
    }
}
