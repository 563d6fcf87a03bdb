package io.vectordb.segmentstore;

import io.vectordb.disks.Disk;
import io.vectordb.disks.DurableFiles;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Where the store keeps what on one disk, all below {@code segments}.
 *
 * @param files the files, {@code <hash>} and {@code <hash>.sums}
 * @param temporary uploads, and what is being deleted; emptied at opening
 * @param quarantine damaged files, {@code <hash>.<millis>} with {@code .sums} and {@code .why}; never read by the store
 */
record DiskFolders(Disk disk, Path root, Path files, Path temporary, Path quarantine) {

    static final String ROOT = "segments";

    static DiskFolders of(Disk disk) {
        Path root = disk.folder().resolve(ROOT);
        return new DiskFolders(
                disk, root, root.resolve("files"), root.resolve("temporary"), root.resolve("quarantine"));
    }

    void create() throws IOException {
        DurableFiles.createFolders(files);
        DurableFiles.createFolders(temporary);
        DurableFiles.createFolders(quarantine);
    }

    Path content(ContentHash hash) {
        return files.resolve(hash.hex());
    }

    Path sums(ContentHash hash) {
        return files.resolve(hash.hex() + BlockSums.SUFFIX);
    }
}
