package io.vectordb.segmentstore;

import io.vectordb.disks.Disk;
import io.vectordb.disks.DiskErrors;
import io.vectordb.disks.DiskHealth;
import io.vectordb.disks.DurableFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what the disks have when the store opens: sweeps what uploads and deletions have left, compares each file's size
 * and its sums' own checksum, and makes sums anew that are missing or damaged, if the content still has its hash.
 *
 * <p>Contents are not read otherwise; the {@link Scrubber} does that.
 */
final class StoreOpening {

    private static final Logger LOG = LoggerFactory.getLogger(StoreOpening.class);
    private static final int READ_BYTES = 1 << 20;

    private final Catalog catalog;
    private int files;
    private long bytes;
    private int swept;
    private int lost;
    private int rebuilt;
    private int duplicates;
    private int unknown;

    StoreOpening(Catalog catalog) {
        this.catalog = catalog;
    }

    OpenReport report() {
        return new OpenReport(files, bytes, swept, lost, rebuilt, duplicates, unknown);
    }

    /** Takes in one disk; when that fails the disk is reported, and what was found so far stays. */
    void take(Disk disk) {
        DiskFolders folders = DiskFolders.of(disk);
        try {
            if (disk.health() == DiskHealth.HEALTHY) {
                folders.create();
                sweep(folders);
            }
            if (Files.isDirectory(folders.files())) {
                takeFiles(folders);
            }
        } catch (IOException e) {
            LOG.error("the segment files of disk {} cannot be listed", disk, e);
            disk.reportFailure(e);
        }
    }

    private void sweep(DiskFolders folders) throws IOException {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(folders.temporary())) {
            for (Path file : left) {
                Files.delete(file);
                swept++;
            }
        }
    }

    private void takeFiles(DiskFolders folders) throws IOException {
        Set<ContentHash> hashes = new TreeSet<>();
        Set<Path> sums = new TreeSet<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folders.files())) {
            for (Path file : all) {
                String name = file.getFileName().toString();
                if (ContentHash.isHash(name)) {
                    hashes.add(new ContentHash(name));
                } else if (name.endsWith(BlockSums.SUFFIX)) {
                    sums.add(file);
                } else {
                    unknown++;
                }
            }
        }
        for (ContentHash hash : hashes) {
            sums.remove(folders.sums(hash));
            takeFile(folders, hash);
        }
        if (folders.disk().health() == DiskHealth.HEALTHY) {
            for (Path orphan : sums) {
                Files.delete(orphan);
                swept++;
            }
        }
    }

    private void takeFile(DiskFolders folders, ContentHash hash) throws IOException {
        Path content = folders.content(hash);
        long size = Files.size(content);
        try {
            StoredFile file = new StoredFile(
                    sums(folders, hash, size),
                    folders,
                    Files.getLastModifiedTime(content).toMillis());
            if (catalog.addFound(file)) {
                files++;
                bytes += size;
            } else {
                dropDuplicate(folders, hash);
            }
        } catch (IOException e) {
            if (!DiskErrors.isOfDisk(e)) {
                throw e;
            }
            if (!(e instanceof DamagedFileException)) {
                folders.disk().reportFailure(e);
            }
            String reason = DamagedFileException.reasonOf(e);
            boolean kept = catalog.quarantine().take(folders, hash, reason);
            catalog.lost(new LostFile(hash, size, folders.disk().toString(), reason, kept));
            lost++;
        }
    }

    /** One copy is enough: it came back with a disk that was away. */
    private void dropDuplicate(DiskFolders folders, ContentHash hash) throws IOException {
        duplicates++;
        if (folders.disk().health() == DiskHealth.HEALTHY) {
            Files.delete(folders.content(hash));
            Files.deleteIfExists(folders.sums(hash));
        }
    }

    private BlockSums sums(DiskFolders folders, ContentHash hash, long size) throws IOException {
        BlockSums sums;
        try {
            sums = BlockSums.decode(Files.readAllBytes(folders.sums(hash)));
        } catch (NoSuchFileException e) {
            return rebuild(folders, hash, "there are no sums");
        } catch (IOException e) {
            return rebuild(folders, hash, DamagedFileException.reasonOf(e));
        }
        if (!sums.hash().equals(hash)) {
            return rebuild(folders, hash, "the sums are of " + sums.hash());
        }
        if (sums.size() != size) {
            throw new DamagedFileException("expected " + sums.size() + " bytes, found " + size);
        }
        return sums;
    }

    private BlockSums rebuild(DiskFolders folders, ContentHash hash, String reason) throws IOException {
        LOG.warn("making the sums of {} anew: {}", folders.content(hash), reason);
        BlockSums.Builder builder = new BlockSums.Builder();
        MessageDigest digest = ContentHash.newDigest();
        try (FileChannel channel = FileChannel.open(folders.content(hash), StandardOpenOption.READ)) {
            ByteBuffer buffer = ByteBuffer.allocate(READ_BYTES);
            while (channel.read(buffer) >= 0) {
                buffer.flip();
                builder.update(buffer);
                digest.update(buffer);
                buffer.clear();
            }
        }
        ContentHash found = ContentHash.ofDigest(digest.digest());
        if (!found.equals(hash)) {
            throw new DamagedFileException(reason + "; expected sha256 " + hash + ", found " + found);
        }
        BlockSums sums = builder.build(hash);
        if (folders.disk().health() == DiskHealth.HEALTHY) {
            Path next = folders.temporary().resolve(hash + BlockSums.SUFFIX);
            DurableFiles.write(next, sums.encode());
            Files.move(next, folders.sums(hash), StandardCopyOption.ATOMIC_MOVE);
            DurableFiles.syncFolder(folders.files());
        }
        rebuilt++;
        return sums;
    }
}
