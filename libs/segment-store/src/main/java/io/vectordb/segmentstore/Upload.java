package io.vectordb.segmentstore;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.disks.DurableFiles;
import io.vectordb.disks.Reservation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A file on its way into the store. Nothing of it can be seen before {@link #commit}, and all of it is durable after.
 *
 * <p>Bytes come in order from offset 0. Who lost the connection asks for {@link #offset()} and goes on there; a second
 * sender is refused by the offset. The hash is computed on the way, and so are the checksums. It lives as long as the
 * store is open, and until it has seen no byte for the upload timeout; its temporary file goes with it.
 *
 * <p>Thread-safe.
 */
public final class Upload {

    private enum State {
        OPEN,
        COMPLETE,
        ABORTED
    }

    private final String id;
    private final ContentHash hash;
    private final long size;
    private final Uploads uploads;
    private final @Nullable Target target;
    private final MessageDigest digest = ContentHash.newDigest();
    private final BlockSums.Builder sums = new BlockSums.Builder();
    private State state;
    private long offset;
    private long lastUsedNanos = System.nanoTime();

    /** Where the bytes go until they are complete. */
    record Target(Reservation room, DiskFolders folders, Path content, FileChannel channel) {}

    private Upload(String id, ContentHash hash, long size, Uploads uploads, @Nullable Target target) {
        this.id = id;
        this.hash = hash;
        this.size = size;
        this.uploads = uploads;
        this.target = target;
        this.state = target == null ? State.COMPLETE : State.OPEN;
        this.offset = target == null ? size : 0;
    }

    /** One that has nothing to do, since the file is there. */
    static Upload ofPresent(ContentHash hash, long size, Uploads uploads) {
        return new Upload("", hash, size, uploads, null);
    }

    static Upload start(String id, ContentHash hash, long size, Uploads uploads, Reservation room) throws IOException {
        DiskFolders folders = DiskFolders.of(room.disk());
        Path content = folders.temporary().resolve(id + ".upload");
        FileChannel channel = FileChannel.open(content, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        return new Upload(id, hash, size, uploads, new Target(room, folders, content, channel));
    }

    /** Names this upload to {@link SegmentStore#upload}; empty when the file was there from the start. */
    public String id() {
        return id;
    }

    public ContentHash hash() {
        return hash;
    }

    public long sizeBytes() {
        return size;
    }

    /** Bytes received so far: where the next ones belong. */
    public synchronized long offset() {
        return offset;
    }

    /** Whether the file is in the store. */
    public synchronized boolean isComplete() {
        return state == State.COMPLETE;
    }

    /**
     * Takes the next bytes.
     *
     * @param at must be {@link #offset()}
     * @throws VectorDbException {@code INVALID_VALUE} for another offset, with the expected one in the metadata, or for
     *     more bytes than announced; {@code DISK_FULL}; {@code INTERNAL} when the disk fails. Nothing was taken then, and
     *     after the latter two, unless it was a watermark that refused, the upload is over.
     */
    public synchronized void write(long at, ByteBuffer bytes) {
        Target to = open();
        if (at != offset || bytes.remaining() > size - offset) {
            throw new VectorDbException(
                    ErrorCode.INVALID_VALUE,
                    "expected at most " + (size - offset) + " bytes for offset " + offset + " of " + hash
                            + ", received " + bytes.remaining() + " for offset " + at,
                    Map.of("offset", Long.toString(offset)));
        }
        to.room().disk().checkWritable();
        int count = bytes.remaining();
        ByteBuffer rest = bytes.duplicate();
        try {
            while (rest.hasRemaining()) {
                to.channel().write(rest, offset + rest.position() - bytes.position());
            }
        } catch (IOException e) {
            end(State.ABORTED);
            throw to.room().disk().failure(e);
        }
        sums.update(bytes);
        digest.update(bytes.duplicate());
        bytes.position(bytes.limit());
        offset += count;
        lastUsedNanos = System.nanoTime();
        to.room().written(count);
    }

    /**
     * Compares the hash, makes the file durable and visible. Idempotent once it has succeeded.
     *
     * @throws VectorDbException {@code INVALID_VALUE} when bytes are missing; {@code SEGMENT_CORRUPT} when they are not
     *     those of the hash, {@code DISK_FULL} or {@code INTERNAL} when the disk fails: the upload is over then
     */
    public synchronized void commit() {
        if (state == State.COMPLETE) {
            return;
        }
        Target from = open();
        if (offset < size) {
            throw new VectorDbException(
                    ErrorCode.INVALID_VALUE,
                    "expected " + size + " bytes of " + hash + ", received " + offset,
                    Map.of("offset", Long.toString(offset)));
        }
        ContentHash received = ContentHash.ofDigest(digest.digest());
        if (!received.equals(hash)) {
            end(State.ABORTED);
            throw new VectorDbException(
                    ErrorCode.SEGMENT_CORRUPT,
                    "expected " + size + " bytes with sha256 " + hash + ", received sha256 " + received,
                    Map.of("expected", hash.hex(), "received", received.hex()));
        }
        try {
            uploads.setAge(from.content());
            from.channel().force(true);
            BlockSums built = sums.build(hash);
            Path sumsPath = from.content().resolveSibling(id + BlockSums.SUFFIX);
            DurableFiles.write(sumsPath, built.encode());
            uploads.add(built, from.folders(), from.content(), sumsPath);
        } catch (IOException e) {
            end(State.ABORTED);
            throw from.room().disk().failure(e);
        }
        end(State.COMPLETE);
    }

    /** Gives up and removes what was received. Does nothing when the upload is over. */
    public synchronized void abort() {
        if (state == State.OPEN) {
            end(State.ABORTED);
        }
    }

    synchronized boolean isIdle(long nowNanos, long timeoutNanos) {
        return nowNanos - lastUsedNanos > timeoutNanos;
    }

    private Target open() {
        if (target == null || state != State.OPEN) {
            throw new VectorDbException(ErrorCode.INVALID_VALUE, "the upload " + id + " of " + hash + " is " + state);
        }
        return target;
    }

    private void end(State last) {
        state = last;
        uploads.remove(this);
        if (target == null) {
            return;
        }
        try {
            target.channel().close();
            // Where the file got its name, or an equal one was there, these are gone or not wanted.
            Files.deleteIfExists(target.content());
            Files.deleteIfExists(target.content().resolveSibling(id + BlockSums.SUFFIX));
        } catch (IOException e) {
            target.room().disk().reportFailure(e);
        } finally {
            target.room().close();
        }
    }
}
