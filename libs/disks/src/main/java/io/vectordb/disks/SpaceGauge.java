package io.vectordb.disks;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;

/** Tells how full the file system of a folder is. */
@FunctionalInterface
public interface SpaceGauge {

    DiskSpace measure(Path folder) throws IOException;

    /** Asks the operating system; takes some microseconds. */
    static SpaceGauge fileSystem() {
        return folder -> {
            File file = folder.toFile();
            long total = file.getTotalSpace();
            if (total == 0) {
                throw new IOException("the file system of " + folder + " does not tell its size");
            }
            long free = file.getFreeSpace();
            return new DiskSpace(total, Math.max(0, total - free), file.getUsableSpace());
        };
    }
}
