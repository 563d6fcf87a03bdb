package io.vectordb.query;

/**
 * One token of filter text.
 *
 * @param kind what it is
 * @param text the word as written, what stands between the quotes, the digits, or the symbol
 * @param span where it stands
 * @param hint of a bad one: what was probably meant; else empty
 */
record Token(Kind kind, String text, Span span, String hint) {

    enum Kind {
        WORD,
        QUOTED,
        STRING,
        INTEGER,
        DECIMAL,
        FLOAT,
        POSITIONAL,
        NAMED,
        SYMBOL,
        /** What no filter holds. */
        BAD,
        /** A text, a quoted name or a comment without its end; {@code text} is what would close it. */
        UNCLOSED,
        END
    }

    boolean is(Kind other) {
        return kind == other;
    }

    boolean isSymbol(String symbol) {
        return kind == Kind.SYMBOL && text.equals(symbol);
    }

    boolean isWord(String word) {
        return kind == Kind.WORD && text.equalsIgnoreCase(word);
    }
}
