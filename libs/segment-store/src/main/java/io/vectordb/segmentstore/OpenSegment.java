package io.vectordb.segmentstore;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** A hold on all files of a segment; see {@link SegmentFile} for what that means. Thread-safe. */
public final class OpenSegment implements AutoCloseable {

    private final ContentHash hash;
    private final SegmentManifest manifest;
    private final Map<String, SegmentFile> files;

    OpenSegment(ContentHash hash, SegmentManifest manifest, Map<String, SegmentFile> files) {
        this.hash = hash;
        this.manifest = manifest;
        this.files = Collections.unmodifiableMap(new LinkedHashMap<>(files));
    }

    /** Of the manifest. */
    public ContentHash hash() {
        return hash;
    }

    public SegmentManifest manifest() {
        return manifest;
    }

    /** @throws VectorDbException {@code SEGMENT_NOT_FOUND} when the segment has no file of this name */
    public SegmentFile file(String name) {
        SegmentFile file = files.get(name);
        if (file == null) {
            throw new VectorDbException(
                    ErrorCode.SEGMENT_NOT_FOUND,
                    "segment " + hash + " has no file \"" + name + "\", but " + files.keySet());
        }
        return file;
    }

    /** Compares every block of every file with its checksum. */
    public void verify() {
        files.values().forEach(SegmentFile::verify);
    }

    @Override
    public void close() {
        files.values().forEach(SegmentFile::close);
    }
}
