package io.vectordb.edgar;

import org.jspecify.annotations.Nullable;

/**
 * A stretch of a document's text small enough for one embedding.
 *
 * <p>Passages of a document do not overlap, follow each other in order and leave out nothing but the single white-space
 * character between two of them.
 *
 * @param ordinal position within the document, from 0
 * @param section the item the text belongs to, null where not known (cover page, signatures, exhibits, forms without
 *     items). 10-K and 20-F: {@code "1A"}, {@code "7"}; the suffix (T) of 9A(T) is dropped. 10-Q: part and item,
 *     {@code "Part I 2"}, {@code "Part II 1A"}. 8-K: {@code "2.02"}, before August 2004 {@code "5"}
 * @param text the text itself; a line feed ends a paragraph or a row of a table, whose cells {@code " | "} separates
 * @param charStart offset of the first character in the document's normalised text, in UTF-16 code units
 * @param charEnd offset behind the last character, so that {@code charEnd - charStart == text.length()}
 */
public record Passage(int ordinal, @Nullable String section, String text, int charStart, int charEnd) {

    public Passage {
        if (ordinal < 0 || charStart < 0 || charEnd - charStart != text.length()) {
            throw new IllegalArgumentException("passage %d: offsets %d..%d do not fit a text of %d characters"
                    .formatted(ordinal, charStart, charEnd, text.length()));
        }
    }
}
