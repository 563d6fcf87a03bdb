package io.vectordb.disks;

/** Whether a disk can be used. All but the first are reported and stay so until the disks are opened again. */
public enum DiskHealth {
    HEALTHY,
    /** Reads work, writes do not. */
    READ_ONLY,
    /** Neither works. */
    FAILED,
    /** The set knows this disk, and it is not there: not mounted, wiped, or taken out of the settings. */
    MISSING,
    /** The folder has files and no identity; it is never taken for a new disk. */
    UNFORMATTED,
    /** The disk belongs to another node, or another process has it, or it is there twice. */
    FOREIGN;

    public boolean isReadable() {
        return this == HEALTHY || this == READ_ONLY;
    }
}
