package io.vectordb.common;

/**
 * A place in a text, counted in code points.
 *
 * @param offset from 0
 * @param line from 1
 * @param column from 1
 * @param length how many code points are meant; 0 at the end of the text
 */
public record Position(int offset, int line, int column, int length) {

    /** The place of {@code length} code points from {@code offset} on in {@code text}. */
    public static Position of(String text, int offset, int length) {
        int line = 1;
        int column = 1;
        int seen = 0;
        for (int i = 0; i < text.length() && seen < offset; seen++) {
            int codePoint = text.codePointAt(i);
            i += Character.charCount(codePoint);
            if (codePoint == '\n') {
                line++;
                column = 1;
            } else {
                column++;
            }
        }
        return new Position(offset, line, column, length);
    }
}
