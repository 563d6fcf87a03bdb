package io.vectordb.disks;

/** Between which {@link Watermarks} a disk is, the emptiest first. */
public enum DiskLevel {
    NORMAL,
    /** Nothing new is placed here; what is being written goes on. */
    NO_NEW_FILES,
    /** The same, and the owner should move something to other disks. */
    MOVE_AWAY,
    /** Writes are refused, deletes go on. */
    REJECT_WRITES
}
