package io.vectordb.disks;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Keeps a second process, or a second opening in this one, from using a disk. Goes with the process. */
final class FolderLock implements AutoCloseable {

    static final String FILE = "disk.lock";

    private final FileChannel channel;

    private FolderLock(FileChannel channel) {
        this.channel = channel;
    }

    /** The lock, or nothing when somebody else has it. On a file system that cannot be written it keeps out writers only. */
    static @Nullable FolderLock take(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        boolean writable = Files.isWritable(folder);
        FileChannel channel = writable
                ? FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)
                : FileChannel.open(file, StandardOpenOption.READ);
        FileLock lock = null;
        try {
            lock = channel.tryLock(0, Long.MAX_VALUE, !writable);
        } catch (OverlappingFileLockException e) {
            // Ours, from another opening in this process.
        } finally {
            if (lock == null) {
                channel.close();
            }
        }
        return lock == null ? null : new FolderLock(channel);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
