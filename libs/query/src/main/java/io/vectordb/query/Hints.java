package io.vectordb.query;

import io.vectordb.query.Token.Kind;
import java.util.Locale;
import java.util.Set;

/** What was probably meant where filter text goes wrong: habits of other languages, mostly. */
final class Hints {

    private static final Set<String> COMPARISONS = Set.of("=", "<>", "!=", "<", "<=", ">", ">=");

    private Hints() {}

    /** A hint for a token that cannot stand where it does, between two others; else an empty text. */
    static String of(Source source, Token before, Token token, Token after) {
        if (!token.hint().isEmpty()) {
            return token.hint();
        }
        return switch (token.kind()) {
            case SYMBOL -> symbol(before, token);
            case WORD -> word(source, token, after);
            case QUOTED -> "text stands in single quotes: " + Words.quoted(Words.brief(token.text()));
            case INTEGER, DECIMAL, FLOAT, STRING, POSITIONAL, NAMED, BAD, UNCLOSED, END -> "";
        };
    }

    private static String symbol(Token before, Token token) {
        if (before.isSymbol("=")) {
            switch (token.text()) {
                case "=" -> {
                    return "equality is a single =";
                }
                case ">", "<" -> {
                    return "write " + token.text() + "=";
                }
                default -> {
                    // No habit of another language begins so.
                }
            }
        }
        return COMPARISONS.contains(token.text()) && endsOperand(before)
                ? "comparisons do not chain: join two with AND"
                : "";
    }

    private static boolean endsOperand(Token token) {
        return switch (token.kind()) {
            case QUOTED, STRING, INTEGER, DECIMAL, FLOAT, POSITIONAL, NAMED -> true;
            case WORD -> !Words.isOperator(token.text());
            case SYMBOL -> token.isSymbol(")") || token.isSymbol("]");
            case BAD, UNCLOSED, END -> false;
        };
    }

    private static String word(Source source, Token token, Token after) {
        String word = source.piece(token.span());
        String lower = word.toLowerCase(Locale.ROOT);
        if (Words.FUNCTIONS.contains(lower)) {
            return lower + " is a function: write " + lower + "(…)";
        }
        boolean name = Words.isReserved(word)
                && (!Words.isOperator(word) || (after.is(Kind.SYMBOL) && COMPARISONS.contains(after.text())));
        return name ? reserved(word) : "";
    }

    static String reserved(String word) {
        return word + " is a reserved word: write " + Words.doubleQuoted(word);
    }
}
