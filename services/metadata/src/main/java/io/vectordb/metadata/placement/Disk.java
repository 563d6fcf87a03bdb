package io.vectordb.metadata.placement;

/** A disk of a storage node that works. */
public record Disk(String id, long totalBytes, long freeBytes, DiskLevel level) {

    public Disk {
        if (totalBytes < 0 || freeBytes < 0) {
            throw new IllegalArgumentException("disk " + id + " of " + totalBytes + " bytes, " + freeBytes + " free");
        }
    }
}
