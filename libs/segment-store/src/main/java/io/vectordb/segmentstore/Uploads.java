package io.vectordb.segmentstore;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.disks.DiskHealth;
import io.vectordb.disks.DiskSet;
import io.vectordb.disks.Reservation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** The uploads under way, by id. */
final class Uploads {

    private final DiskSet disks;
    private final Catalog catalog;
    private final SegmentStoreSettings settings;
    private final Map<String, Upload> open = new ConcurrentHashMap<>();

    Uploads(DiskSet disks, Catalog catalog, SegmentStoreSettings settings) {
        this.disks = disks;
        this.catalog = catalog;
        this.settings = settings;
    }

    Upload begin(ContentHash hash, long size) {
        if (catalog.touch(hash)) {
            long present = catalog.find(hash).map(StoredFile::size).orElse(size);
            if (present != size) {
                throw new VectorDbException(
                        ErrorCode.INVALID_VALUE, "expected " + present + " bytes for " + hash + ", received " + size);
            }
            return Upload.ofPresent(hash, size, this);
        }
        if (open.size() >= settings.maxUploads()) {
            expire();
        }
        if (open.size() >= settings.maxUploads()) {
            throw new VectorDbException(
                    ErrorCode.OVERLOADED, "expected at most " + settings.maxUploads() + " uploads at once");
        }
        return start(hash, size);
    }

    private Upload start(ContentHash hash, long size) {
        long bytes = size + BlockSums.encodedBytes(BlockSums.blocksOf(size, BlockSums.BLOCK_BYTES));
        while (true) {
            Reservation room = disks.place(bytes);
            try {
                Upload upload = Upload.start(UUID.randomUUID().toString(), hash, size, this, room);
                open.put(upload.id(), upload);
                return upload;
            } catch (IOException e) {
                room.close();
                VectorDbException failure = room.disk().failure(e);
                // A disk that turns out to be bad is not chosen again, and another may do.
                if (room.disk().health() == DiskHealth.HEALTHY) {
                    throw failure;
                }
            }
        }
    }

    Optional<Upload> find(String id) {
        return Optional.ofNullable(open.get(id));
    }

    int size() {
        return open.size();
    }

    /** Gives up those that nobody feeds any more. */
    void expire() {
        long now = System.nanoTime();
        long timeout = settings.uploadTimeout().toNanos();
        open.values().stream().filter(upload -> upload.isIdle(now, timeout)).forEach(Upload::abort);
    }

    void abortAll() {
        open.values().forEach(Upload::abort);
    }

    void add(BlockSums sums, DiskFolders folders, Path content, Path sumsPath) throws IOException {
        long put = Files.getLastModifiedTime(content).toMillis();
        catalog.add(new StoredFile(sums, folders, put), content, sumsPath);
    }

    /** The age of a file is its time of modification, by our clock. */
    void setAge(Path content) throws IOException {
        Files.setLastModifiedTime(content, FileTime.fromMillis(settings.clock().millis()));
    }

    void remove(Upload upload) {
        open.remove(upload.id());
    }
}
