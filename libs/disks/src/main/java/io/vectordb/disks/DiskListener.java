package io.vectordb.disks;

/** Is told when a disk becomes worse while it is in use. Called on the thread that found out; must not block. */
@FunctionalInterface
public interface DiskListener {

    /** {@link Disk#health()} is what it became. */
    void healthChanged(Disk disk);
}
