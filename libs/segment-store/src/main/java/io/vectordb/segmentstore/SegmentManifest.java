package io.vectordb.segmentstore;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files of one sealed segment: their names, sizes and hashes. A manifest is itself a file of the store, and its hash
 * names the segment: who has the hash can verify everything below it.
 *
 * <p>Format: text in ASCII. The first line is {@code vectordb-segment 1}, the magic and the version; then one line a file in
 * the order of names, {@code <sha256> <size in bytes> <name>}; each line ends with a newline. The same files always make
 * the same bytes; anything else is refused.
 *
 * @param files by name; names have letters, digits, {@code . _ -}, at most 128, and begin with a letter, a digit or {@code _}
 */
public record SegmentManifest(Map<String, Entry> files) {

    /** The most that a manifest may take, read or written. */
    public static final int MAX_BYTES = 1 << 20;

    private static final String MAGIC = "vectordb-segment 1";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,127}");
    private static final Pattern LINE = Pattern.compile("([0-9a-f]{64}) (0|[1-9][0-9]{0,17}) (\\S+)");

    /** One file of a segment. */
    public record Entry(ContentHash hash, long sizeBytes) {

        public Entry {
            if (sizeBytes < 0) {
                throw new IllegalArgumentException("expected a size of 0 and more, received " + sizeBytes);
            }
        }
    }

    public SegmentManifest {
        files = Collections.unmodifiableMap(new TreeMap<>(files));
        for (String name : files.keySet()) {
            if (!NAME.matcher(name).matches()) {
                throw new VectorDbException(
                        ErrorCode.INVALID_VALUE, "expected a file name of " + NAME + ", received \"" + name + "\"");
            }
        }
    }

    /** The bytes to put, whose hash names the segment. */
    public byte[] encode() {
        StringBuilder text = new StringBuilder(MAGIC).append('\n');
        files.forEach((name, file) -> text.append(file.hash())
                .append(' ')
                .append(file.sizeBytes())
                .append(' ')
                .append(name)
                .append('\n'));
        byte[] bytes = text.toString().getBytes(StandardCharsets.US_ASCII);
        if (bytes.length > MAX_BYTES) {
            throw new VectorDbException(
                    ErrorCode.LIMIT_EXCEEDED,
                    "expected a manifest of at most " + MAX_BYTES + " bytes, received " + bytes.length);
        }
        return bytes;
    }

    /** @throws VectorDbException {@code SEGMENT_CORRUPT} when the bytes are not those of a manifest */
    public static SegmentManifest decode(byte[] bytes) {
        List<String> lines =
                new String(bytes, StandardCharsets.US_ASCII).lines().toList();
        if (bytes.length > MAX_BYTES || lines.isEmpty() || !lines.getFirst().equals(MAGIC)) {
            throw corrupt("expected \"" + MAGIC + "\" and at most " + MAX_BYTES + " bytes");
        }
        Map<String, Entry> files = new TreeMap<>();
        for (String line : lines.subList(1, lines.size())) {
            Matcher parts = LINE.matcher(line);
            if (!parts.matches() || !NAME.matcher(parts.group(3)).matches()) {
                throw corrupt("expected hash, size and name, found \"" + line + "\"");
            }
            files.put(parts.group(3), new Entry(new ContentHash(parts.group(1)), Long.parseLong(parts.group(2))));
        }
        SegmentManifest manifest = new SegmentManifest(files);
        if (!Arrays.equals(manifest.encode(), bytes)) {
            throw corrupt("expected the names in order and each once");
        }
        return manifest;
    }

    public long sizeBytes() {
        return files.values().stream().mapToLong(Entry::sizeBytes).sum();
    }

    private static VectorDbException corrupt(String message) {
        return new VectorDbException(ErrorCode.SEGMENT_CORRUPT, "not a segment manifest: " + message);
    }
}
