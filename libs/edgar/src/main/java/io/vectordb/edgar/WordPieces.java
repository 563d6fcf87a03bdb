package io.vectordb.edgar;

/**
 * Estimates from above how many word pieces a BERT tokenizer makes of a token.
 *
 * <p>No vocabulary is needed: each punctuation mark and each character outside Latin letters and digits is a piece of its
 * own, which is what the tokenizer does; digits come in pairs; letters by the length of the word,
 * with more for capitals, since names and abbreviations are seldom in a vocabulary.
 */
final class WordPieces {

    private WordPieces() {}

    /** Pieces of the characters from {@code from} to {@code to}, which hold no white space. */
    static int estimate(CharSequence text, int from, int to) {
        int pieces = 0;
        int i = from;
        while (i < to) {
            int start = i;
            if (isLetter(text.charAt(i))) {
                while (i < to && isLetter(text.charAt(i))) {
                    i++;
                }
                pieces += ofWord(text, start, i);
            } else if (isDigit(text.charAt(i))) {
                while (i < to && isDigit(text.charAt(i))) {
                    i++;
                }
                pieces += (i - start + 1) / 2;
            } else {
                pieces++;
                i++;
            }
        }
        return pieces;
    }

    private static int ofWord(CharSequence text, int from, int to) {
        int length = to - from;
        boolean foreign = false;
        int capitals = 0;
        for (int i = from; i < to; i++) {
            foreign |= text.charAt(i) > 0x17F;
            capitals += Character.isUpperCase(text.charAt(i)) ? 1 : 0;
        }
        if (foreign) {
            return length;
        }
        if (capitals > 1) {
            return (length + 1) / 2;
        }
        int pieces = length <= 7 ? 1 : length <= 11 ? 2 : (length + 2) / 4;
        return capitals == 1 && length > 5 ? pieces + 1 : pieces;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isLetter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c > 0x7F && Character.isLetter(c);
    }
}
