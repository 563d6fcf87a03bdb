package io.vectordb.edgar;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One text document of a filing: the primary document or an exhibit.
 *
 * @param name the {@code <FILENAME>} EDGAR gave it; without one {@code doc<sequence>} in a submission, the file's own
 *     name (less {@code .gz}) for a bare file. Unique within its filing and at most 300 bytes in UTF-8
 * @param type EDGAR's document type, such as {@code 10-K} or {@code EX-99.1}; null where the file does not say
 * @param passages all of its text in order; never empty
 */
public record FilingDocument(String name, @Nullable String type, List<Passage> passages) {

    public FilingDocument {
        passages = List.copyOf(passages);
    }
}
