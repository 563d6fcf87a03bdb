package io.vectordb.segmentstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Segments of several files over a {@link SegmentStore}. The manifest is put last, so a store that has it had all files
 * then.
 *
 * <p>Thread-safe.
 */
public final class Segments {

    private final SegmentStore store;

    public Segments(SegmentStore store) {
        this.store = store;
    }

    /** Puts every file of a folder, which has no folders below, and a manifest of them. Returns the hash of that. */
    public ContentHash put(Path folder) throws IOException {
        Map<String, SegmentManifest.Entry> files = new TreeMap<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            for (Path file : all) {
                long size = Files.size(file);
                files.put(file.getFileName().toString(), new SegmentManifest.Entry(store.put(file), size));
            }
        }
        return store.put(new SegmentManifest(files).encode());
    }

    /**
     * Reads and verifies a manifest.
     *
     * @throws io.vectordb.common.VectorDbException {@code SEGMENT_NOT_FOUND}, or {@code SEGMENT_CORRUPT} also when the file
     *     is no manifest
     */
    public SegmentManifest manifest(ContentHash segment) {
        try (SegmentFile file = store.open(segment)) {
            ByteBuffer content = file.read(0, SegmentManifest.MAX_BYTES + 1);
            byte[] bytes = new byte[content.remaining()];
            content.get(bytes);
            return SegmentManifest.decode(bytes);
        }
    }

    /**
     * Holds all files of a segment.
     *
     * @throws io.vectordb.common.VectorDbException as for {@link #manifest}; {@code SEGMENT_NOT_FOUND} also when one of its
     *     files is not here
     */
    public OpenSegment open(ContentHash segment) {
        SegmentManifest manifest = manifest(segment);
        Map<String, SegmentFile> files = new LinkedHashMap<>();
        try {
            manifest.files().forEach((name, entry) -> files.put(name, store.open(entry.hash())));
        } catch (RuntimeException e) {
            files.values().forEach(SegmentFile::close);
            throw e;
        }
        return new OpenSegment(segment, manifest, files);
    }

    /** The hashes that have to be put before the segment can be opened; the segment's own among them. */
    public Set<ContentHash> missing(ContentHash segment) {
        if (store.find(segment).isEmpty()) {
            return Set.of(segment);
        }
        return store.missing(filesOf(segment));
    }

    /**
     * All files that these segments need, their manifests included: what {@link SegmentStore#collect} must be told.
     *
     * @throws io.vectordb.common.VectorDbException {@code SEGMENT_NOT_FOUND} or {@code SEGMENT_CORRUPT} when a manifest
     *     cannot be read: then nobody knows which files it needs, and nothing may be deleted until it is back
     */
    public Set<ContentHash> live(Set<ContentHash> segments) {
        Set<ContentHash> live = new TreeSet<>();
        segments.forEach(segment -> live.addAll(filesOf(segment)));
        return live;
    }

    private Set<ContentHash> filesOf(ContentHash segment) {
        Set<ContentHash> files = new TreeSet<>(Set.of(segment));
        manifest(segment).files().values().forEach(entry -> files.add(entry.hash()));
        return files;
    }
}
