package io.vectordb.disks;

/** Room on one disk for something that is about to be written. Closing gives back what was not used. Thread-safe. */
public final class Reservation implements AutoCloseable {

    private final Disk disk;
    private long leftBytes;

    Reservation(Disk disk, long bytes) {
        this.disk = disk;
        this.leftBytes = bytes;
    }

    public Disk disk() {
        return disk;
    }

    /** So many bytes of it are on the disk now, and counted there. */
    public synchronized void written(long bytes) {
        long used = Math.min(bytes, leftBytes);
        leftBytes -= used;
        disk.release(used);
    }

    @Override
    public synchronized void close() {
        disk.release(leftBytes);
        leftBytes = 0;
    }
}
