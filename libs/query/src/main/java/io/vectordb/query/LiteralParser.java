package io.vectordb.query;

import com.google.protobuf.Timestamp;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.Limits;
import io.vectordb.common.VectorDbException;
import io.vectordb.query.Token.Kind;
import io.vectordb.schema.FieldType;
import io.vectordb.v1.ListValue;
import io.vectordb.v1.Value;
import java.math.BigDecimal;
import java.math.BigInteger;

/** Reads literals and parameters. Not safe for threads. */
final class LiteralParser {

    private final Source source;
    private final TokenReader tokens;
    private final ParameterReader parameters;

    LiteralParser(Source source, TokenReader tokens, ParameterReader parameters) {
        this.source = source;
        this.tokens = tokens;
        this.parameters = parameters;
    }

    /** Whether a word begins a literal, and is no name. */
    boolean begins(Token word) {
        return word.isWord("TRUE")
                || word.isWord("FALSE")
                || word.isWord("NULL")
                || (isTypeWord(word) && !tokens.peekAfter().isSymbol("(") && !isCompared(tokens.peekAfter()))
                || (word.isWord("ARRAY") && tokens.peekAfter().isSymbol("["));
    }

    boolean isNumber(Token token) {
        return token.is(Kind.INTEGER) || token.is(Kind.DECIMAL) || token.is(Kind.FLOAT);
    }

    Term.Constant literal(String expected) {
        Token token = tokens.peek();
        return switch (token.kind()) {
            case STRING -> constant(Values.of(tokens.next().text()), token.span());
            case INTEGER, DECIMAL, FLOAT -> number(tokens.next(), false);
            case POSITIONAL -> {
                tokens.next();
                yield parameter(parameters.positional(token.text(), Place.in(source, token.span())), token);
            }
            case NAMED -> {
                tokens.next();
                yield parameter(parameters.named(token.text(), Place.in(source, token.span())), token);
            }
            case WORD -> word(token, expected);
            case QUOTED, SYMBOL, BAD, UNCLOSED, END -> throw tokens.unexpected(expected);
        };
    }

    /** The number of a token, or its negative. */
    Term.Constant number(Token token, boolean negative) {
        String text = negative ? "-" + token.text() : token.text();
        if (token.is(Kind.FLOAT)) {
            double value = Double.parseDouble(text);
            if (Double.isInfinite(value)) {
                throw invalid(token, Words.brief(text) + " is beyond the range of a double", "");
            }
            return constant(Value.newBuilder().setFloatValue(value).build(), token.span());
        }
        if (token.is(Kind.INTEGER)) {
            BigInteger integer = digits(text, token).toBigInteger();
            if (integer.bitLength() < Long.SIZE) {
                return constant(
                        Value.newBuilder().setIntValue(integer.longValue()).build(), token.span());
            }
        }
        return constant(Values.of(digits(text, token)), token.span());
    }

    private BigDecimal digits(String text, Token token) {
        BigDecimal decimal = Numbers.decimal(text);
        if (decimal == null) {
            throw invalid(token, "a decimal has at most " + FieldType.DECIMAL_DIGITS + " digits", "");
        }
        return decimal;
    }

    private Term.Constant word(Token token, String expected) {
        if (token.isWord("ARRAY")) {
            return array();
        }
        if (isTypeWord(token)) {
            return typed(token);
        }
        if (token.isWord("NULL")) {
            return constant(Values.NULL, tokens.next().span());
        }
        if (token.isWord("TRUE") || token.isWord("FALSE")) {
            return constant(Values.of(token.isWord("TRUE")), tokens.next().span());
        }
        throw tokens.unexpected(expected);
    }

    private Term.Constant typed(Token word) {
        tokens.next();
        Token text = tokens.peek();
        if (!text.is(Kind.STRING)) {
            throw tokens.unexpected("text in single quotes", Hints.reserved(word.text()));
        }
        tokens.next();
        Value value = word.isWord("DATE") ? date(text) : word.isWord("TIMESTAMP") ? timestamp(text) : decimal(text);
        return constant(value, word.span().to(text.span()));
    }

    private Value date(Token token) {
        if (!Times.isDate(token.text())) {
            throw notA("a date", token, "write 2024-09-28");
        }
        return Values.date(token.text());
    }

    private Value timestamp(Token token) {
        Timestamp timestamp = Times.timestamp(token.text());
        if (timestamp == null) {
            throw notA("a timestamp", token, "write 2024-09-28T10:00:00Z");
        }
        return Value.newBuilder().setTimestampValue(timestamp).build();
    }

    private Value decimal(Token token) {
        BigDecimal decimal = Numbers.decimal(token.text());
        if (decimal == null) {
            throw notA("a decimal of at most " + FieldType.DECIMAL_DIGITS + " digits", token, "write -1234.50");
        }
        return Values.of(decimal);
    }

    private VectorDbException notA(String kind, Token token, String hint) {
        String found = Words.brief(Words.quoted(token.text()));
        return source.fault(ErrorCode.TYPE_MISMATCH, found + " is not " + kind, token.span(), hint);
    }

    private Term.Constant array() {
        Span start = tokens.next().span();
        tokens.expectSymbol("[");
        ListValue.Builder list = ListValue.newBuilder();
        if (!tokens.peek().isSymbol("]")) {
            do {
                list.addItems(element());
            } while (tokens.acceptSymbol(","));
        }
        tokens.expectSymbol("]", "a comma or ]");
        if (list.getItemsCount() > Limits.PARAMETER_VALUES) {
            throw source.fault(
                    ErrorCode.LIMIT_EXCEEDED,
                    list.getItemsCount() + " values, at most " + Limits.PARAMETER_VALUES,
                    start,
                    "");
        }
        return constant(Value.newBuilder().setListValue(list).build(), start.to(tokens.last()));
    }

    private Value element() {
        Token token = tokens.peek();
        if (token.isSymbol("-") || token.isSymbol("+")) {
            tokens.next();
            if (!isNumber(tokens.peek())) {
                throw tokens.unexpected("a number");
            }
            return number(tokens.next(), token.isSymbol("-")).value();
        }
        if (token.isWord("ARRAY")) {
            throw source.fault(
                    ErrorCode.FEATURE_NOT_AVAILABLE, "arrays of arrays are not available yet", token.span(), "");
        }
        if (token.is(Kind.POSITIONAL) || token.is(Kind.NAMED)) {
            throw tokens.unexpected("a literal", "a list may be one parameter as a whole");
        }
        return literal("a value").value();
    }

    private static boolean isTypeWord(Token word) {
        return word.isWord("DATE") || word.isWord("TIMESTAMP") || word.isWord("DECIMAL");
    }

    /** Then {@code date} is a name that lacks its quotes, and the word itself is where the text goes wrong. */
    private static boolean isCompared(Token after) {
        return Ops.of(after).isPresent() || after.isSymbol(".");
    }

    private VectorDbException invalid(Token token, String message, String hint) {
        return source.fault(ErrorCode.INVALID_VALUE, message, token.span(), hint);
    }

    private static Term.Constant parameter(Value value, Token token) {
        return new Term.Constant(value, token.span(), true);
    }

    private static Term.Constant constant(Value value, Span span) {
        return new Term.Constant(value, span, false);
    }
}
