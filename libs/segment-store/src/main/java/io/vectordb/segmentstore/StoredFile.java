package io.vectordb.segmentstore;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.SoftReference;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/**
 * One file in the catalog and those who read it. It is mapped once, at the first wish, and unmapped when the last reader
 * leaves.
 *
 * <p>Alive until {@link #kill}; a dead one takes no new readers, those it has may finish. Thread-safe.
 */
final class StoredFile {

    private final ContentHash hash;
    private final long size;
    private final DiskFolders folders;
    private long lastPutMillis;
    private int readers;
    private boolean dead;
    private @Nullable Arena arena;
    private @Nullable MemorySegment memory;
    private volatile SoftReference<BlockSums> sums;

    StoredFile(BlockSums sums, DiskFolders folders, long lastPutMillis) {
        this.hash = sums.hash();
        this.size = sums.size();
        this.folders = folders;
        this.lastPutMillis = lastPutMillis;
        this.sums = new SoftReference<>(sums);
    }

    ContentHash hash() {
        return hash;
    }

    long size() {
        return size;
    }

    DiskFolders folders() {
        return folders;
    }

    Path path() {
        return folders.content(hash);
    }

    /** Counts a reader, unless the file is dead. */
    synchronized boolean acquire() {
        if (dead) {
            return false;
        }
        readers++;
        return true;
    }

    synchronized void release() {
        readers--;
        if (readers == 0 && arena != null) {
            arena.close();
            arena = null;
            memory = null;
        }
    }

    /** The whole content; stays mapped as long as the caller, who must be a reader, does not leave. */
    synchronized MemorySegment memory() throws IOException {
        MemorySegment mapped = memory;
        if (mapped != null) {
            return mapped;
        }
        Arena fresh = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(path(), StandardOpenOption.READ)) {
            checkSize(channel.size());
            mapped = channel.map(MapMode.READ_ONLY, 0, size, fresh);
        } catch (IOException | RuntimeException e) {
            fresh.close();
            throw e;
        }
        arena = fresh;
        memory = mapped;
        return mapped;
    }

    void checkSize(long found) throws DamagedFileException {
        if (found != size) {
            throw new DamagedFileException("expected " + size + " bytes, found " + found);
        }
    }

    /** From memory, or from beside the file when memory was short. */
    BlockSums sums() throws IOException {
        BlockSums known = sums.get();
        if (known != null) {
            return known;
        }
        BlockSums read;
        try {
            read = BlockSums.decode(Files.readAllBytes(folders.sums(hash)));
        } catch (NoSuchFileException e) {
            throw new DamagedFileException("the sums are gone");
        }
        if (!read.hash().equals(hash) || read.size() != size) {
            throw new DamagedFileException("the sums are of " + read.hash() + " with " + read.size() + " bytes");
        }
        sums = new SoftReference<>(read);
        return read;
    }

    /** Ends its life; unless in force, only when nobody reads it. */
    synchronized boolean kill(boolean force) {
        if (dead || (readers > 0 && !force)) {
            return false;
        }
        dead = true;
        return true;
    }

    /** Makes it as young as a file put now. False when it is dead: it has to be put again. */
    synchronized boolean touch(long nowMillis) {
        lastPutMillis = Math.max(lastPutMillis, nowMillis);
        return !dead;
    }

    /** Makes its age durable. */
    void saveAge() throws IOException {
        Files.setLastModifiedTime(path(), FileTime.fromMillis(lastPutMillis()));
        try (FileChannel channel = FileChannel.open(path(), StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    synchronized long lastPutMillis() {
        return lastPutMillis;
    }

    synchronized int readers() {
        return readers;
    }

    synchronized boolean isMapped() {
        return memory != null;
    }

    synchronized boolean isDead() {
        return dead;
    }
}
