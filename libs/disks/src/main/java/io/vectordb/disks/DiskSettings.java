package io.vectordb.disks;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * Which disks a node has.
 *
 * @param owner id of the node; a disk of another is refused
 * @param folders one a disk, at least one, each once
 */
public record DiskSettings(String owner, List<Path> folders, Watermarks watermarks, SpaceGauge gauge) {

    public DiskSettings {
        List<Path> absolute = folders.stream()
                .map(folder -> folder.toAbsolutePath().normalize())
                .toList();
        if (absolute.isEmpty() || new LinkedHashSet<>(absolute).size() < absolute.size()) {
            throw new IllegalArgumentException("expected at least one folder and each once, received " + folders);
        }
        folders = absolute;
    }

    /** With the default watermarks and the space that the operating system tells. */
    public static DiskSettings of(String owner, List<Path> folders) {
        return new DiskSettings(owner, folders, Watermarks.DEFAULT, SpaceGauge.fileSystem());
    }
}
