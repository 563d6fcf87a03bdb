package io.vectordb.segmentstore;

import java.nio.file.Path;
import java.time.Instant;

/**
 * A damaged file that is kept.
 *
 * @param content where it is; absent where only the reason could be kept
 * @param sizeBytes as found, which may not be as put
 * @param since when it was set aside
 */
public record QuarantinedFile(ContentHash hash, Path content, long sizeBytes, Instant since, String reason) {}
