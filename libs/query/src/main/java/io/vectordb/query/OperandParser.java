package io.vectordb.query;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.query.Token.Kind;
import io.vectordb.schema.NearNames;
import io.vectordb.v1.Condition;
import io.vectordb.v1.Contains;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** Reads operands: names, values, calls, and what stands in brackets. Not safe for threads. */
final class OperandParser {

    private final Source source;
    private final TokenReader tokens;
    private final ConditionFactory conditions;
    private final LiteralParser literals;
    private final Depth depth;
    /** Reads what follows an opening bracket, up to the closing one. */
    private final Supplier<Term> inBrackets;

    OperandParser(
            Source source,
            TokenReader tokens,
            LiteralParser literals,
            ConditionFactory conditions,
            Depth depth,
            Supplier<Term> inBrackets) {
        this.source = source;
        this.tokens = tokens;
        this.conditions = conditions;
        this.literals = literals;
        this.depth = depth;
        this.inBrackets = inBrackets;
    }

    /** The operand that comes next; {@code expected} is what to say where none does. */
    Term operand(String expected) {
        Term term = isSign(tokens.peek()) ? signed() : primary(expected);
        refuseOperator(term);
        return term;
    }

    private void refuseOperator(Term term) {
        Token token = tokens.peek();
        if (!token.is(Kind.SYMBOL)) {
            return;
        }
        switch (token.text()) {
            case "+", "-", "*", "/", "%" ->
                throw later("arithmetic with " + token.text(), token.span(), unquotedHint(term, token));
            case "<->", "<=>", "<#>" -> throw later("the distance operator " + token.text(), token.span(), "");
            default -> {
                // Whatever else follows is for the caller to judge.
            }
        }
    }

    /** {@code 10-K} and {@code 2024-09-28} are not sums: who leaves out the blanks left out the quotes. */
    private String unquotedHint(Term term, Token operator) {
        int end = operator.span().end();
        String text = source.text();
        while (end < text.length() && (Words.isNamePart(text.charAt(end)) || "-/".indexOf(text.charAt(end)) >= 0)) {
            end++;
        }
        boolean joined = term.span().end() == operator.span().start()
                && end > operator.span().end();
        String piece = text.substring(term.span().start(), end);
        return joined && !piece.contains("'")
                ? "text and dates stand in single quotes: " + Words.quoted(Words.brief(piece))
                : "";
    }

    private Term signed() {
        Token first = tokens.peek();
        boolean negative = false;
        while (isSign(tokens.peek())) {
            negative ^= tokens.next().isSymbol("-");
        }
        Span sign = first.span();
        if (literals.isNumber(tokens.peek())) {
            Term.Constant number = literals.number(tokens.next(), negative);
            return new Term.Constant(number.value(), sign.to(number.span()), false);
        }
        primary("a value");
        throw later("arithmetic with " + first.text(), sign, "");
    }

    private static boolean isSign(Token token) {
        return token.isSymbol("-") || token.isSymbol("+");
    }

    private Term primary(String expected) {
        Token token = tokens.peek();
        return switch (token.kind()) {
            case STRING, INTEGER, DECIMAL, FLOAT, POSITIONAL, NAMED -> literals.literal(expected);
            case QUOTED -> path();
            case WORD -> word(token, expected);
            case SYMBOL -> {
                if (!token.isSymbol("(")) {
                    throw tokens.unexpected(expected);
                }
                yield brackets();
            }
            case BAD, UNCLOSED, END -> throw tokens.unexpected(expected);
        };
    }

    private Term brackets() {
        Token opening = tokens.next();
        depth.enter(opening.span());
        Term term = inBrackets.get();
        depth.leave();
        tokens.expectSymbol(")", term instanceof Term.Truth ? "AND, OR or )" : ")");
        Span span = opening.span().to(tokens.last());
        return switch (term) {
            case Term.Field field -> new Term.Field(field.ref(), span);
            case Term.Constant constant -> new Term.Constant(constant.value(), span, constant.parameter());
            case Term.Truth truth -> new Term.Truth(truth.condition(), span);
        };
    }

    private Term word(Token token, String expected) {
        if (token.isWord("INTERVAL") || token.isWord("TIME")) {
            return interval(token, expected);
        }
        if (literals.begins(token)) {
            return literals.literal(expected);
        }
        boolean call = tokens.peekAfter().isSymbol("(");
        if (Words.isReserved(token.text())) {
            String sqlHint = Words.brief(token.text()) + " belongs to SQL statements, not to filters";
            throw call && !Words.isOperator(token.text())
                    ? tokens.unexpected(expected, sqlHint)
                    : tokens.unexpected(expected);
        }
        return call ? call() : path();
    }

    private Term interval(Token token, String expected) {
        if (tokens.peekAfter().is(Kind.STRING)) {
            throw later(token.text().toUpperCase(Locale.ROOT), token.span(), "");
        }
        throw tokens.unexpected(expected);
    }

    private Term path() {
        Token first = tokens.next();
        List<FieldRef.Step> steps = new ArrayList<>(2);
        steps.add(new FieldRef.Step(first.text(), first.is(Kind.QUOTED)));
        while (true) {
            if (tokens.acceptSymbol(".")) {
                steps.add(named());
            } else if (tokens.acceptSymbol("[")) {
                steps.add(subscript());
            } else {
                return new Term.Field(new FieldRef(steps), first.span().to(tokens.last()));
            }
        }
    }

    private FieldRef.Step named() {
        Token token = tokens.peek();
        boolean name = token.is(Kind.QUOTED) || (token.is(Kind.WORD) && !Words.isReserved(token.text()));
        if (!name) {
            String hint = token.is(Kind.WORD) ? Hints.reserved(token.text()) : "";
            throw hint.isEmpty() ? tokens.unexpected("a name") : tokens.unexpected("a name", hint);
        }
        tokens.next();
        return new FieldRef.Step(token.text(), token.is(Kind.QUOTED));
    }

    private FieldRef.Step subscript() {
        Token token = tokens.peek();
        if (token.is(Kind.INTEGER)) {
            throw later("the element [" + Words.brief(token.text()) + "] of an array", token.span(), "");
        }
        if (!token.is(Kind.STRING) && !token.is(Kind.QUOTED)) {
            throw tokens.unexpected("a name in quotes");
        }
        tokens.next();
        tokens.expectSymbol("]");
        return new FieldRef.Step(token.text(), true);
    }

    private Term call() {
        Token name = tokens.next();
        String function = name.text().toLowerCase(Locale.ROOT);
        if (Words.LATER_FUNCTIONS.contains(function)) {
            throw later(function + "()", name.span(), "");
        }
        if (!Words.FUNCTIONS.contains(function)) {
            String hint = NearNames.didYouMean(NearNames.of(function, Words.FUNCTIONS));
            throw tokens.wrong(name, "there is no function " + Words.brief(name.text()), hint);
        }
        tokens.expectSymbol("(");
        if (function.equals("exists") && tokens.peek().isWord("SELECT")) {
            throw tokens.unexpected("a field", "subqueries belong to SQL statements, not to filters");
        }
        depth.enter(name.span());
        Term field = operand("a field");
        Condition condition = arguments(function, field, name.span());
        depth.leave();
        return new Term.Truth(condition, name.span().to(tokens.last()));
    }

    private Condition arguments(String function, Term field, Span start) {
        if (function.equals("exists")) {
            tokens.expectSymbol(")");
            return conditions.exists(field, start.to(tokens.last()));
        }
        tokens.expectSymbol(",", "a comma");
        Term argument = operand(function.startsWith("contains_") ? "a list" : "a value");
        tokens.expectSymbol(")");
        Span span = start.to(tokens.last());
        return switch (function) {
            case "prefix" -> conditions.prefix(field, argument, span);
            case "contains" -> conditions.contains(field, argument, span);
            case "contains_any" -> conditions.contains(field, argument, Contains.Mode.ANY, span);
            case "contains_all" -> conditions.contains(field, argument, Contains.Mode.ALL, span);
            default -> throw new IllegalStateException(function);
        };
    }

    private VectorDbException later(String what, Span span, String hint) {
        return source.fault(ErrorCode.FEATURE_NOT_AVAILABLE, what + " is not available yet", span, hint);
    }
}
