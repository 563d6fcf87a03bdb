package io.vectordb.segmentstore;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.disks.Disk;
import io.vectordb.disks.DiskHealth;
import io.vectordb.disks.DiskSet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Immutable files, named by their content, over the disks of a node.
 *
 * <p>A file is put through an {@link Upload} and is visible and durable as a whole or not at all. It is read mapped, or by
 * ranges that are verified block by block, through a {@link SegmentFile}. It goes when the owner no longer counts it live,
 * its grace time is over and nobody reads it ({@link #collect}). One found damaged goes to quarantine, is not served and is
 * asked for again ({@link Refetch}). A disk that fails costs its own files only.
 *
 * <p>Thread-safe. Calls block on the disks. Memory: about 200 bytes a file, and checksums (1/16384 of the content) as long
 * as there is room.
 */
public final class SegmentStore implements AutoCloseable {

    /** 1 TiB. */
    public static final long MAX_FILE_BYTES = 1L << 40;

    private static final Logger LOG = LoggerFactory.getLogger(SegmentStore.class);
    private static final int PUT_BYTES = 1 << 20;

    private final DiskSet disks;
    private final SegmentStoreSettings settings;
    private final Catalog catalog;
    private final Uploads uploads;
    private final OpenReport openReport;

    private SegmentStore(DiskSet disks, SegmentStoreSettings settings, Refetch refetch) {
        this.disks = disks;
        this.settings = settings;
        this.catalog = new Catalog(settings.clock(), refetch);
        this.uploads = new Uploads(disks, catalog, settings);
        StoreOpening opening = new StoreOpening(catalog);
        for (Disk disk : disks.disks()) {
            if (disk.health().isReadable()) {
                opening.take(disk);
            }
        }
        this.openReport = opening.report();
        disks.addListener(catalog::healthChanged);
        LOG.info("segment store open: {}", openReport);
    }

    /**
     * Opens the store below every disk that can be read. There must be one store at most on a set of disks.
     *
     * @param refetch also told of what is found damaged while opening
     */
    public static SegmentStore open(DiskSet disks, SegmentStoreSettings settings, Refetch refetch) {
        return new SegmentStore(disks, settings, refetch);
    }

    public OpenReport openReport() {
        return openReport;
    }

    /**
     * Begins to put a file, on the disk with the most room. When the file is there the upload is complete at once, and the
     * file's grace time begins anew.
     *
     * @throws VectorDbException {@code DISK_FULL} when no disk has room, {@code OVERLOADED} when too many are under way,
     *     {@code INVALID_VALUE} for an impossible size, also one that the file does not have
     */
    public Upload begin(ContentHash hash, long sizeBytes) {
        if (sizeBytes < 0) {
            throw new VectorDbException(
                    ErrorCode.INVALID_VALUE, "expected a size of 0 and more, received " + sizeBytes);
        }
        return uploads.begin(hash, sizeBytes);
    }

    /** An upload under way; nothing when it is over, or was before the store was opened last. */
    public Optional<Upload> upload(String id) {
        return uploads.find(id);
    }

    /** Gives up uploads that have seen no byte for the upload timeout. For the owner to call now and then. */
    public void expireUploads() {
        uploads.expire();
    }

    /** Puts a file of this machine, which is read twice: for its hash, and for its content. */
    public ContentHash put(Path file) throws IOException {
        ContentHash hash = ContentHash.of(file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            Upload upload = begin(hash, channel.size());
            try {
                ByteBuffer buffer = ByteBuffer.allocate(PUT_BYTES);
                while (!upload.isComplete() && channel.read(buffer) >= 0) {
                    upload.write(upload.offset(), buffer.flip());
                    buffer.clear();
                }
                upload.commit();
            } finally {
                upload.abort();
            }
        }
        return hash;
    }

    /** Puts a few bytes, such as a manifest. */
    public ContentHash put(byte[] content) {
        ContentHash hash = ContentHash.of(content);
        Upload upload = begin(hash, content.length);
        try {
            if (!upload.isComplete()) {
                upload.write(0, ByteBuffer.wrap(content));
                upload.commit();
            }
        } finally {
            upload.abort();
        }
        return hash;
    }

    /** What is known of a file; nothing when it is not here. */
    public Optional<FileInfo> find(ContentHash hash) {
        return catalog.find(hash).map(SegmentStore::info);
    }

    /**
     * A hold on a file.
     *
     * @throws VectorDbException {@code SEGMENT_NOT_FOUND}
     */
    public SegmentFile open(ContentHash hash) {
        return catalog.open(hash)
                .orElseThrow(() -> new VectorDbException(
                        ErrorCode.SEGMENT_NOT_FOUND,
                        "segment file " + hash + " is not here",
                        Map.of("hash", hash.hex())));
    }

    /** All files, in the order of hashes. */
    public List<FileInfo> files() {
        return catalog.all().stream().map(SegmentStore::info).toList();
    }

    /** Which of these the store does not have: never put here, damaged, or on a disk that is gone. */
    public Set<ContentHash> missing(Set<ContentHash> live) {
        Set<ContentHash> missing = new TreeSet<>();
        live.stream().filter(hash -> catalog.find(hash).isEmpty()).forEach(missing::add);
        return missing;
    }

    /**
     * Deletes every file that is not live, was put longer ago than the grace time, and is read by nobody.
     *
     * @param live hashes of files, not of segments alone: see {@link Segments#live}
     */
    public CollectReport collect(Set<ContentHash> live) {
        long putBefore = settings.clock().millis() - settings.grace().toMillis();
        int deleted = 0;
        long deletedBytes = 0;
        int young = 0;
        int busy = 0;
        int stuck = 0;
        for (StoredFile file : catalog.all()) {
            if (live.contains(file.hash())) {
                continue;
            }
            if (file.lastPutMillis() > putBefore) {
                young++;
            } else if (file.readers() > 0) {
                busy++;
            } else if (delete(file, putBefore)) {
                deleted++;
                deletedBytes += file.size();
            } else {
                stuck++;
            }
        }
        return new CollectReport(deleted, deletedBytes, young, busy, stuck);
    }

    private boolean delete(StoredFile file, long putBefore) {
        Disk disk = file.folders().disk();
        if (disk.health() != DiskHealth.HEALTHY) {
            return false;
        }
        try {
            return catalog.delete(file, putBefore);
        } catch (IOException e) {
            disk.reportFailure(e);
            return false;
        }
    }

    /** The damaged files that are kept, on disks that can be read. */
    public List<QuarantinedFile> quarantined() {
        List<QuarantinedFile> all = new ArrayList<>();
        for (Disk disk : disks.disks()) {
            if (disk.health().isReadable()) {
                try {
                    all.addAll(Quarantine.list(DiskFolders.of(disk)));
                } catch (IOException e) {
                    disk.reportFailure(e);
                }
            }
        }
        return all;
    }

    /** Deletes a file in quarantine for good. */
    public void discard(QuarantinedFile file) throws IOException {
        Quarantine.discard(file);
    }

    public StoreStatistics statistics() {
        int files = 0;
        long bytes = 0;
        int mapped = 0;
        long mappedBytes = 0;
        int readers = 0;
        for (StoredFile file : catalog.all()) {
            files++;
            bytes += file.size();
            readers += file.readers();
            if (file.isMapped()) {
                mapped++;
                mappedBytes += file.size();
            }
        }
        return new StoreStatistics(files, bytes, mapped, mappedBytes, readers, uploads.size(), catalog.damages());
    }

    Catalog catalog() {
        return catalog;
    }

    DiskSet disks() {
        return disks;
    }

    /** Gives up uploads. Holds that are open stay valid until they are closed; the disks are the owner's to close. */
    @Override
    public void close() {
        uploads.abortAll();
    }

    private static FileInfo info(StoredFile file) {
        return new FileInfo(
                file.hash(),
                file.size(),
                file.folders().disk().id(),
                Instant.ofEpochMilli(file.lastPutMillis()),
                file.readers());
    }
}
