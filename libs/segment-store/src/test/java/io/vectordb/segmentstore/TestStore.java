package io.vectordb.segmentstore;

import io.vectordb.disks.DiskSet;
import io.vectordb.disks.DiskSettings;
import io.vectordb.disks.DiskSpace;
import io.vectordb.disks.Watermarks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** A store on some folders that thinks that it has disks of its own, and what it asked to be fetched again. */
final class TestStore implements AutoCloseable {

    static final Duration GRACE = Duration.ofHours(1);
    static final long DISK_BYTES = 10L << 30;

    final ManualClock clock;
    final List<LostFile> lost = Collections.synchronizedList(new ArrayList<>());
    final DiskSet disks;
    final SegmentStore store;
    final Segments segments;

    private TestStore(DiskSettings settings, ManualClock clock) {
        this.clock = clock;
        disks = DiskSet.open(settings);
        store = SegmentStore.open(disks, new SegmentStoreSettings(GRACE, Duration.ofMinutes(10), 8, clock), lost::add);
        segments = new Segments(store);
    }

    static TestStore open(List<Path> folders) {
        return open(folders, new ManualClock());
    }

    static TestStore open(List<Path> folders, ManualClock clock) {
        DiskSpace empty = new DiskSpace(DISK_BYTES, 0, DISK_BYTES);
        return new TestStore(new DiskSettings("node", folders, Watermarks.DEFAULT, folder -> empty), clock);
    }

    /** With the space that the file systems really have. */
    static TestStore openOnRealDisks(List<Path> folders) {
        return new TestStore(DiskSettings.of("node", folders), new ManualClock());
    }

    byte[] read(ContentHash hash) {
        try (SegmentFile file = store.open(hash)) {
            ByteBuffer content = file.read(0, Integer.MAX_VALUE);
            byte[] bytes = new byte[content.remaining()];
            content.get(bytes);
            return bytes;
        }
    }

    Path pathOf(ContentHash hash) {
        try (SegmentFile file = store.open(hash)) {
            return file.path();
        }
    }

    @Override
    public void close() {
        store.close();
        disks.close();
    }

    static byte[] bytes(Random random, int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return bytes;
    }

    /** As a failing disk does it: the time of modification stays. */
    static void flipBit(Path file, long bit) {
        try (Untouched ignored = new Untouched(file);
                FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, bit / 8);
            one.put(0, (byte) (one.get(0) ^ (1 << (bit % 8)))).rewind();
            channel.write(one, bit / 8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void truncate(Path file, long size) {
        try (Untouched ignored = new Untouched(file);
                FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(size);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Gives a file its time of modification back. */
    private static final class Untouched implements AutoCloseable {

        private final Path file;
        private final FileTime time;

        Untouched(Path file) throws IOException {
            this.file = file;
            this.time = Files.getLastModifiedTime(file);
        }

        @Override
        public void close() throws IOException {
            Files.setLastModifiedTime(file, time);
        }
    }

    /** Copies a folder in use, as a power cut would leave it if all was written through: some files may go meanwhile. */
    static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                Files.createDirectories(to.resolve(from.relativize(folder)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                try {
                    Path target = to.resolve(from.relativize(file));
                    Files.copy(file, target);
                    Files.setLastModifiedTime(target, attributes.lastModifiedTime());
                } catch (NoSuchFileException e) {
                    // Renamed or deleted since the folder was listed.
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException error) {
                return FileVisitResult.CONTINUE;
            }
        });
    }

    static List<Path> list(Path folder) {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            List<Path> files = new ArrayList<>();
            all.forEach(files::add);
            return files;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
