package io.vectordb.metadata.placement;

/** Between which watermarks a disk is, the emptiest first. */
public enum DiskLevel {
    NORMAL,
    NO_NEW_REPLICAS,
    /** Replicas should go elsewhere. */
    MOVE_AWAY,
    REJECT_WRITES
}
