package io.vectordb.query;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.query.Token.Kind;
import java.util.List;

/** Walks through the tokens of one text, and says what was expected where they go wrong. Not safe for threads. */
final class TokenReader {

    private static final Token NOTHING = new Token(Kind.BAD, "", new Span(0, 0), "");

    private final Source source;
    private final List<Token> tokens;
    private int at;
    private int operandEnd = -1;

    TokenReader(Source source) {
        this.source = source;
        this.tokens = Lexer.tokens(source.text());
    }

    Token peek() {
        return tokens.get(at);
    }

    Token peekAfter() {
        return tokens.get(Math.min(at + 1, tokens.size() - 1));
    }

    /** Steps over the token and gives it; the end stays where it is. */
    Token next() {
        Token token = tokens.get(at);
        if (!token.is(Kind.END)) {
            at++;
        }
        return token;
    }

    /** Where the token last stepped over stands. */
    Span last() {
        return previous().span();
    }

    boolean accept(String word) {
        boolean found = peek().isWord(word);
        if (found) {
            at++;
        }
        return found;
    }

    boolean acceptSymbol(String symbol) {
        boolean found = peek().isSymbol(symbol);
        if (found) {
            at++;
        }
        return found;
    }

    void expect(String word) {
        if (!accept(word)) {
            throw unexpected(word);
        }
    }

    void expectSymbol(String symbol) {
        expectSymbol(symbol, symbol);
    }

    void expectSymbol(String symbol, String expected) {
        if (!acceptSymbol(symbol)) {
            throw unexpectedAfter(expected);
        }
    }

    /** Notes that an operand without an operator ends here, so that one is among what may follow. */
    void markOperandEnd() {
        operandEnd = at;
    }

    String piece(Token token) {
        return source.piece(token.span());
    }

    /** The fault of a token at which the text cannot go on, after an operand or a condition. */
    VectorDbException unexpectedAfter(String expected) {
        return unexpected(operandEnd == at ? "an operator, " + expected : expected);
    }

    /** The fault of a token that cannot continue the text. */
    VectorDbException unexpected(String expected) {
        return unexpected(expected, Hints.of(source, previous(), peek(), peekAfter()));
    }

    VectorDbException unexpected(String expected, String hint) {
        Token token = peek();
        if (token.is(Kind.UNCLOSED)) {
            return wrong(token, "expected a closing " + token.text() + ", found the end of the filter", token.hint());
        }
        String found = token.is(Kind.END) ? "the end of the filter" : Words.brief(piece(token));
        return wrong(token, "expected " + expected + ", found " + found, hint);
    }

    VectorDbException wrong(Token token, String message, String hint) {
        return source.fault(ErrorCode.FILTER_SYNTAX, message, token.span(), hint);
    }

    private Token previous() {
        return at == 0 ? NOTHING : tokens.get(at - 1);
    }
}
