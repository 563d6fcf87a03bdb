package io.vectordb.query;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.Limits;
import io.vectordb.common.VectorDbException;
import io.vectordb.common.Violation;
import io.vectordb.query.Token.Kind;
import io.vectordb.v1.Compare;
import io.vectordb.v1.Condition;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads filter text, by recursive descent over the grammar of the filter language.
 *
 * <p>The tree keeps the brackets of the text: {@code a AND (b AND c)} is not {@code a AND b AND c}. Names are as
 * written and not yet looked up. What belongs to a later release is known and refused by name.
 *
 * <p>Cost: linear in the text; at most 64 brackets or NOTs deep.
 */
public final class FilterParser {

    private final TokenReader tokens;
    private final ConditionFactory conditions;
    private final OperandParser operands;
    private final Depth depth;

    private FilterParser(Source source, ParameterReader parameters, Map<Condition, Marks> marks) {
        this.tokens = new TokenReader(source);
        this.conditions = new ConditionFactory(source, marks);
        this.depth = new Depth(source);
        LiteralParser literals = new LiteralParser(source, tokens, parameters);
        this.operands = new OperandParser(source, tokens, literals, conditions, depth, this::inBrackets);
    }

    /**
     * The condition that a text says, with the parameters put in.
     *
     * @throws VectorDbException FILTER_SYNTAX, PARAMETER_MISMATCH, LIMIT_EXCEEDED or FEATURE_NOT_AVAILABLE, with the
     *     position; TYPE_MISMATCH and INVALID_VALUE for literals that cannot be
     */
    public static Condition parse(String filter, Parameters parameters) {
        ParameterReader reader = new ParameterReader(parameters);
        Condition condition = parse(new Source("filter", filter), reader, new IdentityHashMap<>());
        reader.checkAllUsed();
        return condition;
    }

    /** The same for one of several texts; {@code marks} gets the places of all leaves, by identity. */
    static Condition parse(Source source, ParameterReader parameters, Map<Condition, Marks> marks) {
        checkLength(source);
        return new FilterParser(source, parameters, marks).filter();
    }

    private static void checkLength(Source source) {
        int bytes = source.text().length();
        if (bytes <= Limits.FILTER_BYTES) {
            bytes = source.text().getBytes(StandardCharsets.UTF_8).length;
        }
        if (bytes > Limits.FILTER_BYTES) {
            throw VectorDbException.of(new Violation(
                    source.path(),
                    ErrorCode.LIMIT_EXCEEDED,
                    bytes + " bytes, at most " + Limits.FILTER_BYTES,
                    "long lists are better given as parameters: IN ($1)"));
        }
    }

    private Condition filter() {
        Condition condition = conditions.condition(or("a condition"));
        if (!tokens.peek().is(Kind.END)) {
            throw tokens.unexpectedAfter("AND, OR or the end of the filter");
        }
        return condition;
    }

    private Term inBrackets() {
        return or("a condition or a value");
    }

    private Term or(String expected) {
        Term first = and(expected);
        if (!tokens.peek().isWord("OR")) {
            return first;
        }
        List<Condition> parts = new ArrayList<>(List.of(conditions.condition(first)));
        Span span = first.span();
        while (tokens.accept("OR")) {
            Term next = and("a condition");
            span = span.to(next.span());
            parts.add(conditions.condition(next));
        }
        return new Term.Truth(conditions.any(parts, span), span);
    }

    private Term and(String expected) {
        Term first = not(expected);
        if (!tokens.peek().isWord("AND")) {
            return first;
        }
        List<Condition> parts = new ArrayList<>(List.of(conditions.condition(first)));
        Span span = first.span();
        while (tokens.accept("AND")) {
            Term next = not("a condition");
            span = span.to(next.span());
            parts.add(conditions.condition(next));
        }
        return new Term.Truth(conditions.all(parts, span), span);
    }

    private Term not(String expected) {
        Token token = tokens.peek();
        if (!token.isWord("NOT")) {
            return predicate(expected);
        }
        tokens.next();
        depth.enter(token.span());
        Term negated = not("a condition");
        depth.leave();
        Span span = token.span().to(negated.span());
        return new Term.Truth(conditions.negate(conditions.condition(negated), span), span);
    }

    private Term predicate(String expected) {
        Term left = operands.operand(expected);
        Optional<Compare.Op> op = Ops.of(tokens.peek());
        if (op.isPresent()) {
            tokens.next();
            return truth(comparison(left, op.get()), left);
        }
        if (tokens.accept("IS")) {
            return truth(is(left), left);
        }
        Token not = tokens.peek();
        boolean negated = tokens.accept("NOT");
        Condition condition = rest(left, negated);
        if (condition == null) {
            tokens.markOperandEnd();
            return left;
        }
        Span span = left.span().to(tokens.last());
        return new Term.Truth(negated ? conditions.negate(condition, not.span()) : condition, span);
    }

    /** What BETWEEN, IN or LIKE makes of an operand; null where none of them follows. */
    private @Nullable Condition rest(Term left, boolean negated) {
        if (tokens.accept("BETWEEN")) {
            Term low = operands.operand("a value");
            tokens.expect("AND");
            Term high = operands.operand("a value");
            return conditions.between(left, low, high, left.span().to(high.span()));
        }
        if (tokens.accept("IN")) {
            return in(left);
        }
        boolean ignoreCase = tokens.peek().isWord("ILIKE");
        if (tokens.accept("LIKE") || tokens.accept("ILIKE")) {
            return like(left, ignoreCase);
        }
        if (negated) {
            throw tokens.unexpected("BETWEEN, IN, LIKE or ILIKE");
        }
        return null;
    }

    private Condition comparison(Term left, Compare.Op op) {
        Token token = tokens.peek();
        if (token.isWord("ALL")) {
            throw conditions.fault(ErrorCode.FEATURE_NOT_AVAILABLE, "ALL is not available yet", token.span(), "");
        }
        if (!tokens.accept("ANY")) {
            return conditions.compare(left, op, operands.operand("a value"));
        }
        Token opening = tokens.peek();
        tokens.expectSymbol("(");
        Term array = operands.operand("an array");
        tokens.expectSymbol(")");
        Span span = left.span().to(tokens.last());
        if (op == Compare.Op.EQ && left instanceof Term.Constant && array instanceof Term.Field) {
            return conditions.contains(array, left, span);
        }
        if (op == Compare.Op.EQ
                && array instanceof Term.Constant list
                && list.value().hasListValue()) {
            return conditions.in(left, List.of(array), span);
        }
        throw conditions.fault(
                ErrorCode.FEATURE_NOT_AVAILABLE,
                "ANY is available as value = ANY(field) and as field = ANY(list)",
                token.span().to(opening.span()),
                "");
    }

    private Condition in(Term left) {
        if (tokens.peek().is(Kind.POSITIONAL) || tokens.peek().is(Kind.NAMED)) {
            throw tokens.unexpected("(", "write IN (" + tokens.piece(tokens.peek()) + ")");
        }
        tokens.expectSymbol("(");
        List<Term> values = new ArrayList<>();
        do {
            values.add(operands.operand("a value"));
        } while (tokens.acceptSymbol(","));
        tokens.expectSymbol(")", "a comma or )");
        return conditions.in(left, values, left.span().to(tokens.last()));
    }

    private Condition like(Term left, boolean ignoreCase) {
        Term pattern = operands.operand("a pattern");
        String escape = "";
        if (tokens.accept("ESCAPE")) {
            Token token = tokens.peek();
            if (!token.is(Kind.STRING)) {
                throw tokens.unexpected("one character in single quotes");
            }
            escape = tokens.next().text();
            if (escape.codePointCount(0, escape.length()) != 1) {
                throw tokens.wrong(token, "expected one character", "");
            }
        }
        return conditions.like(left, pattern, escape, ignoreCase, left.span().to(tokens.last()));
    }

    private Condition is(Term left) {
        boolean negated = tokens.accept("NOT");
        Token token = tokens.peek();
        if (tokens.accept("NULL")) {
            Span span = left.span().to(token.span());
            Condition isNull = conditions.isNull(left, span);
            return negated ? conditions.negate(isNull, span) : isNull;
        }
        if (token.isWord("TRUE") || token.isWord("FALSE")) {
            tokens.next();
            Compare.Op op = negated ? Compare.Op.DISTINCT : Compare.Op.NOT_DISTINCT;
            return conditions.compare(
                    left, op, new Term.Constant(Values.of(token.isWord("TRUE")), token.span(), false));
        }
        if (tokens.accept("DISTINCT")) {
            tokens.expect("FROM");
            Compare.Op distinct = negated ? Compare.Op.NOT_DISTINCT : Compare.Op.DISTINCT;
            return conditions.compare(left, distinct, operands.operand("a value"));
        }
        throw tokens.unexpected(
                negated ? "NULL, TRUE, FALSE or DISTINCT FROM" : "NULL, NOT, TRUE, FALSE or DISTINCT FROM");
    }

    private Term truth(Condition condition, Term left) {
        return new Term.Truth(condition, left.span().to(tokens.last()));
    }
}
