package io.vectordb.disks;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;

/** Tells failures of a disk from those that only happened on it. The JDK gives most of them no type of their own. */
public final class DiskErrors {

    private DiskErrors() {}

    /** There is no room left. */
    public static boolean isFull(IOException error) {
        String message = String.valueOf(error.getMessage());
        return message.contains("No space left on device") || message.contains("Disk quota exceeded");
    }

    /** The thread was interrupted, or somebody closed the file. */
    public static boolean isInterruption(IOException error) {
        return error instanceof ClosedChannelException;
    }

    /** The process has used up its file descriptors or mappings. */
    public static boolean isProcessLimit(IOException error) {
        String message = String.valueOf(error.getMessage());
        return message.contains("Too many open files") || message.contains("Map failed");
    }

    /** Says something about the disk, or about the file. */
    public static boolean isOfDisk(IOException error) {
        return !isFull(error) && !isInterruption(error) && !isProcessLimit(error);
    }
}
