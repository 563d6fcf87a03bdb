package io.vectordb.edgar;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** Names of documents that fit into a key: without control characters, at most 300 bytes, unique within a filing. */
final class DocumentNames {

    private static final int MAX_BYTES = 300;
    private static final int PREFIX_CHARS = 60;
    private final Set<String> taken = new HashSet<>();

    static String ofFile(Path file) {
        String name = file.getFileName().toString();
        boolean gzip = name.length() > 3 && name.regionMatches(true, name.length() - 3, ".gz", 0, 3);
        return fitting(gzip ? name.substring(0, name.length() - 3) : name);
    }

    /** The {@code <FILENAME>}, else {@code doc<sequence>}; a name taken already gets {@code ~2}, {@code ~3} and so on. */
    String of(Submission.Part part) {
        String name = part.filename() == null ? "doc" + part.sequence() : fitting(part.filename());
        String unique = name;
        for (int i = 2; !taken.add(unique); i++) {
            unique = name + '~' + i;
        }
        return unique;
    }

    private static String fitting(String name) {
        String clean = name.replaceAll("\\p{Cntrl}|[\\ud800-\\udfff]", "_");
        byte[] bytes = clean.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= MAX_BYTES) {
            return clean;
        }
        return clean.substring(0, PREFIX_CHARS) + '~' + Content.digest(bytes, 0, bytes.length);
    }
}
