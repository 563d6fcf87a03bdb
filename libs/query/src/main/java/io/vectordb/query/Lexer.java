package io.vectordb.query;

import io.vectordb.query.Token.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts filter text into tokens. It never fails: what is wrong becomes a token that says so, and counts only when the
 * parser comes to it, so that the first fault of the text is the one reported.
 */
final class Lexer {

    /** Longest first. */
    private static final List<String> SYMBOLS = List.of(
            "<->", "<=>", "<#>", "<>", "!=", "<=", ">=", "=", "<", ">", "(", ")", ",", ".", "[", "]", "+", "-", "*",
            "/", "%");

    private final String text;
    private final List<Token> tokens = new ArrayList<>();
    private int at;

    private Lexer(String text) {
        this.text = text;
    }

    /** The tokens in order; the last is the only one of kind END. */
    static List<Token> tokens(String text) {
        Lexer lexer = new Lexer(text);
        while (lexer.at < text.length()) {
            lexer.step();
        }
        lexer.add(Kind.END, text.length(), "", "");
        return lexer.tokens;
    }

    private void step() {
        char c = text.charAt(at);
        if (Character.isWhitespace(c) || Character.isSpaceChar(c)) {
            at++;
        } else if (text.startsWith("--", at)) {
            int end = text.indexOf('\n', at);
            at = end < 0 ? text.length() : end;
        } else if (text.startsWith("/*", at)) {
            comment();
        } else if (c == '\'') {
            enclosed(Kind.STRING, '\'', "a quote inside text is written twice: ''");
        } else if (c == '"') {
            enclosed(Kind.QUOTED, '"', "text stands in single quotes, a name in double quotes");
        } else if (Words.isNameStart(c)) {
            word();
        } else if (Words.isDigit(c) || (c == '.' && isDigitAt(at + 1) && !afterName())) {
            number();
        } else if (c == '$' && isDigitAt(at + 1)) {
            int end = digits(at + 1);
            add(Kind.POSITIONAL, end, text.substring(at + 1, end), "");
        } else if (c == ':' && at + 1 < text.length() && Words.isNameStart(text.charAt(at + 1))) {
            int end = nameEnd(at + 1);
            add(Kind.NAMED, end, text.substring(at + 1, end), "");
        } else {
            symbol(c);
        }
    }

    private void comment() {
        int end = text.indexOf("*/", at + 2);
        if (end < 0) {
            add(Kind.UNCLOSED, at + 2, "*/", "a comment ends with */");
            at = text.length();
        } else {
            at = end + 2;
        }
    }

    private void enclosed(Kind kind, char quote, String hint) {
        int end = at + 1;
        while (true) {
            end = text.indexOf(quote, end);
            if (end < 0) {
                add(Kind.UNCLOSED, at + 1, String.valueOf(quote), hint);
                at = text.length();
                return;
            }
            if (end + 1 >= text.length() || text.charAt(end + 1) != quote) {
                break;
            }
            end += 2;
        }
        String content = text.substring(at + 1, end);
        String one = String.valueOf(quote);
        add(kind, end + 1, content.replace(one + one, one), "");
    }

    private void word() {
        int end = nameEnd(at);
        if (end < text.length() && Character.isLetter(text.codePointAt(end))) {
            foreignWord();
        } else {
            add(Kind.WORD, end, text.substring(at, end), "");
        }
    }

    private void number() {
        int end = digits(at);
        Kind kind = Kind.INTEGER;
        if (end < text.length() && text.charAt(end) == '.') {
            end = digits(end + 1);
            kind = Kind.DECIMAL;
        }
        if (end < text.length() && (text.charAt(end) == 'e' || text.charAt(end) == 'E')) {
            int sign = end + 1 < text.length() && "+-".indexOf(text.charAt(end + 1)) >= 0 ? 1 : 0;
            if (isDigitAt(end + 1 + sign)) {
                end = digits(end + 1 + sign);
                kind = Kind.FLOAT;
            }
        }
        int wordEnd = letters(end);
        if (wordEnd > end) {
            String word = text.substring(at, wordEnd);
            add(Kind.BAD, wordEnd, word, "text stands in single quotes: " + Words.quoted(Words.brief(word)));
        } else {
            add(kind, end, text.substring(at, end), "");
        }
    }

    private void symbol(char c) {
        for (String symbol : SYMBOLS) {
            if (text.startsWith(symbol, at)) {
                add(Kind.SYMBOL, at + symbol.length(), symbol, "");
                return;
            }
        }
        if (Character.isLetter(text.codePointAt(at))) {
            foreignWord();
        } else {
            unknown(c);
        }
    }

    private void foreignWord() {
        int end = letters(at);
        String word = text.substring(at, end);
        String brief = Words.brief(word);
        String hint = "a name with such letters stands in double quotes: " + Words.doubleQuoted(brief)
                + "; text in single quotes: " + Words.quoted(brief);
        add(Kind.BAD, end, word, hint);
    }

    private void unknown(char c) {
        String hint = switch (c) {
            case '&' -> "write AND";
            case '|' -> "write OR";
            case '!' -> "write NOT";
            case '?', '$', ':' -> "parameters are written $1 or :name";
            case '‘', '’', '‚', '‛', '“', '”', '„', '«', '»' -> curlyHint();
            case '`' -> "a name stands in double quotes";
            case ';' -> "a filter is one condition, without a semicolon";
            default -> "";
        };
        boolean twice = (c == '&' || c == '|') && at + 1 < text.length() && text.charAt(at + 1) == c;
        int end = twice ? at + 2 : at + Character.charCount(text.codePointAt(at));
        add(Kind.BAD, end, text.substring(at, end), hint);
    }

    private String curlyHint() {
        int end = at + 1;
        while (end < text.length() && "‘’‚‛“”„«»'\"".indexOf(text.charAt(end)) < 0) {
            end++;
        }
        boolean closed = end < text.length() && end - at <= 40;
        return "text stands in straight single quotes"
                + (closed ? ": " + Words.quoted(text.substring(at + 1, end)) : "");
    }

    private void add(Kind kind, int end, String content, String hint) {
        tokens.add(new Token(kind, content, new Span(at, end), hint));
        at = end;
    }

    /** After a name, a point begins the next step of a path, also before a digit, which the parser then refuses. */
    private boolean afterName() {
        if (tokens.isEmpty()) {
            return false;
        }
        Token last = tokens.getLast();
        boolean name = last.is(Kind.QUOTED) || (last.is(Kind.WORD) && !Words.isReserved(last.text()));
        return name && last.span().end() == at;
    }

    private boolean isDigitAt(int index) {
        return index < text.length() && Words.isDigit(text.charAt(index));
    }

    private int digits(int from) {
        int end = from;
        while (isDigitAt(end)) {
            end++;
        }
        return end;
    }

    private int nameEnd(int from) {
        int end = from;
        while (end < text.length() && Words.isNamePart(text.charAt(end))) {
            end++;
        }
        return end;
    }

    private int letters(int from) {
        int end = from;
        while (end < text.length()) {
            int codePoint = text.codePointAt(end);
            if (codePoint != '_' && !Character.isLetterOrDigit(codePoint)) {
                break;
            }
            end += Character.charCount(codePoint);
        }
        return end;
    }
}
