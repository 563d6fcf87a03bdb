package io.vectordb.query;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.Limits;
import io.vectordb.common.VectorDbException;
import io.vectordb.v1.Between;
import io.vectordb.v1.Compare;
import io.vectordb.v1.Condition;
import io.vectordb.v1.Conditions;
import io.vectordb.v1.Contains;
import io.vectordb.v1.FieldPath;
import io.vectordb.v1.InList;
import io.vectordb.v1.Like;
import io.vectordb.v1.Prefix;
import io.vectordb.v1.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Makes conditions of what the parser read, counts them, and notes where their parts stand in the text.
 *
 * <p>A condition of the tree has its field first and values only besides: reversed comparisons are turned round, those
 * of two values are decided, and what holds other fields becomes several comparisons.
 */
final class ConditionFactory {

    private final Source source;
    private final Map<Condition, Marks> marks;
    private int nodes;

    /** {@code marks} gets an entry for every leaf, by identity. */
    ConditionFactory(Source source, Map<Condition, Marks> marks) {
        this.source = source;
        this.marks = marks;
    }

    VectorDbException fault(ErrorCode code, String message, Span span, String hint) {
        return source.fault(code, message, span, hint);
    }

    Condition all(List<Condition> conditions, Span span) {
        return counted(Condition.newBuilder().setAll(list(conditions)), span);
    }

    Condition any(List<Condition> conditions, Span span) {
        return counted(Condition.newBuilder().setAny(list(conditions)), span);
    }

    Condition negate(Condition condition, Span span) {
        return counted(Condition.newBuilder().setNegate(condition), span);
    }

    /** The condition that a term is where a condition is expected. */
    Condition condition(Term term) {
        return switch (term) {
            case Term.Truth truth -> truth.condition();
            case Term.Field field -> bare(field);
            case Term.Constant(Value value, Span span, boolean parameter) -> {
                if (!value.hasBoolValue()) {
                    String found = parameter ? Values.describe(value) : source.piece(span);
                    throw fault(ErrorCode.FILTER_SYNTAX, "expected a condition, found " + Words.brief(found), span, "");
                }
                yield constant(value.getBoolValue(), span);
            }
        };
    }

    Condition compare(Term left, Compare.Op op, Term right) {
        Span span = left.span().to(right.span());
        refuseTruth(left);
        refuseTruth(right);
        if (op != Compare.Op.DISTINCT && op != Compare.Op.NOT_DISTINCT) {
            refuseNull(right, left, op);
            refuseNull(left, right, op);
        }
        if (left instanceof Term.Field a && right instanceof Term.Field b) {
            Compare.Builder compare =
                    Compare.newBuilder().setField(text(a)).setOp(op).setOtherField(text(b));
            Marks where = new Marks(source, span, a.span(), b.span(), List.of(), false);
            return leaf(Condition.newBuilder().setCompare(compare), where);
        }
        if (left instanceof Term.Field a && right instanceof Term.Constant b) {
            return compare(a, op, b, span);
        }
        if (left instanceof Term.Constant a && right instanceof Term.Field b) {
            return compare(b, Ops.reversed(op), a, span);
        }
        return decided((Term.Constant) left, op, (Term.Constant) right, span);
    }

    Condition between(Term term, Term low, Term high, Span span) {
        if (term instanceof Term.Field field && low instanceof Term.Constant a && high instanceof Term.Constant b) {
            refuseNull(low, term, Compare.Op.GE);
            refuseNull(high, term, Compare.Op.LE);
            Between.Builder between =
                    Between.newBuilder().setField(text(field)).setLow(a.value()).setHigh(b.value());
            Marks where = Marks.of(source, span, field.span(), List.of(a.span(), b.span()));
            return leaf(Condition.newBuilder().setBetween(between), where);
        }
        return all(List.of(compare(term, Compare.Op.GE, low), compare(term, Compare.Op.LE, high)), span);
    }

    Condition in(Term term, List<Term> values, Span span) {
        refuseTruth(term);
        if (term instanceof Term.Field field && values.stream().allMatch(Term.Constant.class::isInstance)) {
            return inList(field, values, span);
        }
        List<Condition> parts = new ArrayList<>();
        for (Term value : values) {
            for (Term one : elements(value)) {
                parts.add(compare(term, Compare.Op.EQ, one));
            }
        }
        return switch (parts.size()) {
            case 0 -> constant(false, span);
            case 1 -> parts.getFirst();
            default -> any(parts, span);
        };
    }

    Condition like(Term term, Term pattern, String escape, boolean ignoreCase, Span span) {
        Term.Field field = field(term, "LIKE");
        Like.Builder like = Like.newBuilder()
                .setField(text(field))
                .setPattern(string(pattern, "a pattern in single quotes"))
                .setEscape(escape)
                .setIgnoreCase(ignoreCase);
        return leaf(
                Condition.newBuilder().setLike(like), Marks.of(source, span, field.span(), List.of(pattern.span())));
    }

    Condition isNull(Term term, Span span) {
        refuseTruth(term);
        return switch (term) {
            case Term.Field field -> path(field, span, false);
            case Term.Constant constant -> constant(constant.value().hasNullValue(), span);
            case Term.Truth truth -> truth.condition();
        };
    }

    Condition exists(Term term, Span span) {
        return path(field(term, "exists()"), span, true);
    }

    Condition prefix(Term term, Term prefix, Span span) {
        Term.Field field = field(term, "prefix()");
        Prefix.Builder built =
                Prefix.newBuilder().setField(text(field)).setPrefix(string(prefix, "text in single quotes"));
        return leaf(
                Condition.newBuilder().setPrefix(built), Marks.of(source, span, field.span(), List.of(prefix.span())));
    }

    /** {@code contains(array, value)}, and {@code value = ANY(array)}. */
    Condition contains(Term array, Term value, Span span) {
        Term.Constant constant = constant(value, "a value");
        if (constant.value().hasListValue()) {
            throw fault(
                    ErrorCode.TYPE_MISMATCH,
                    "expected one value, found a list",
                    value.span(),
                    "write contains_any() or contains_all()");
        }
        return contains(array, List.of(value), Contains.Mode.ANY, span);
    }

    /** {@code contains_any(array, list)} and {@code contains_all(array, list)}. */
    Condition contains(Term array, Term list, Contains.Mode mode, Span span) {
        Term.Constant constant = constant(list, "a list");
        if (!constant.value().hasListValue()) {
            String found = Words.brief(source.piece(list.span()));
            throw fault(
                    ErrorCode.TYPE_MISMATCH,
                    "expected a list, found " + found,
                    list.span(),
                    "write ARRAY[" + found + "]");
        }
        return contains(array, elements(list), mode, span);
    }

    private Condition contains(Term array, List<Term> values, Contains.Mode mode, Span span) {
        Term.Field field = field(array, "contains()");
        Contains.Builder contains = Contains.newBuilder().setField(text(field)).setMode(mode);
        List<Span> spans = new ArrayList<>(values.size());
        for (Term value : values) {
            refuseNull(value, array, Compare.Op.EQ);
            contains.addValues(((Term.Constant) value).value());
            spans.add(value.span());
        }
        return leaf(Condition.newBuilder().setContains(contains), Marks.of(source, span, field.span(), spans));
    }

    private Condition inList(Term.Field field, List<Term> values, Span span) {
        if (values.size() > Limits.IN_VALUES) {
            throw fault(
                    ErrorCode.LIMIT_EXCEEDED,
                    values.size() + " values in IN, at most " + Limits.IN_VALUES,
                    span,
                    "a list parameter holds " + Limits.PARAMETER_VALUES + ": IN ($1)");
        }
        InList.Builder list = InList.newBuilder().setField(text(field));
        List<Span> spans = new ArrayList<>(values.size());
        for (Term value : values) {
            for (Term one : elements(value)) {
                refuseNull(one, field, Compare.Op.EQ);
                list.addValues(((Term.Constant) one).value());
                spans.add(one.span());
            }
        }
        return leaf(Condition.newBuilder().setInList(list), Marks.of(source, span, field.span(), spans));
    }

    /** A list as its elements, anything else as itself. */
    private static List<Term> elements(Term term) {
        if (term instanceof Term.Constant(Value value, Span span, boolean parameter) && value.hasListValue()) {
            return value.getListValue().getItemsList().stream()
                    .<Term>map(item -> new Term.Constant(item, span, parameter))
                    .toList();
        }
        return List.of(term);
    }

    private Condition compare(Term.Field field, Compare.Op op, Term.Constant value, Span span) {
        Compare.Builder compare =
                Compare.newBuilder().setField(text(field)).setOp(op).setValue(value.value());
        return leaf(
                Condition.newBuilder().setCompare(compare),
                Marks.of(source, span, field.span(), List.of(value.span())));
    }

    private Condition decided(Term.Constant left, Compare.Op op, Term.Constant right, Span span) {
        if (!Values.areComparable(left.value(), right.value())) {
            throw fault(
                    ErrorCode.TYPE_MISMATCH,
                    Values.describe(left.value()) + ", " + Values.describe(right.value()),
                    right.span(),
                    "values of two types cannot be compared");
        }
        return constant(Comparand.of(right.value()).test(op, left.value()) == Logic.TRUE, span);
    }

    private Condition bare(Term.Field field) {
        Compare.Builder compare = Compare.newBuilder()
                .setField(text(field))
                .setOp(Compare.Op.EQ)
                .setValue(Value.newBuilder().setBoolValue(true));
        Marks where = new Marks(source, field.span(), field.span(), field.span(), List.of(field.span()), true);
        return leaf(Condition.newBuilder().setCompare(compare), where);
    }

    private Condition path(Term.Field field, Span span, boolean exists) {
        FieldPath path = FieldPath.newBuilder().setField(text(field)).build();
        Condition.Builder condition = Condition.newBuilder();
        return leaf(
                exists ? condition.setExists(path) : condition.setIsNull(path),
                Marks.of(source, span, field.span(), List.of()));
    }

    private Condition constant(boolean value, Span span) {
        return counted(Condition.newBuilder().setConstant(value), span);
    }

    private Term.Field field(Term term, String before) {
        if (term instanceof Term.Field field) {
            return field;
        }
        throw fault(
                ErrorCode.FILTER_SYNTAX,
                before + " takes a field, found " + Words.brief(source.piece(term.span())),
                term.span(),
                "");
    }

    private Term.Constant constant(Term term, String expected) {
        return switch (term) {
            case Term.Constant constant -> constant;
            case Term.Field field -> {
                String found = source.piece(field.span());
                throw fault(
                        ErrorCode.FILTER_SYNTAX,
                        "expected " + expected + ", found " + Words.brief(found),
                        field.span(),
                        textHint(field));
            }
            case Term.Truth truth ->
                throw fault(ErrorCode.FILTER_SYNTAX, "expected " + expected + ", found a condition", truth.span(), "");
        };
    }

    private String string(Term term, String expected) {
        Value value = constant(term, expected).value();
        if (value.hasStringValue()) {
            return value.getStringValue();
        }
        throw fault(
                ErrorCode.TYPE_MISMATCH,
                "expected " + expected + ", found " + Words.brief(Values.text(value)),
                term.span(),
                "");
    }

    private static String textHint(Term.Field field) {
        return "text stands in single quotes: "
                + Words.quoted(Words.brief(String.join(".", field.ref().names())));
    }

    private void refuseTruth(Term term) {
        if (term instanceof Term.Truth) {
            throw fault(
                    ErrorCode.FEATURE_NOT_AVAILABLE,
                    "conditions cannot be compared yet: " + Words.brief(source.piece(term.span())),
                    term.span(),
                    "join conditions with AND, OR and NOT");
        }
    }

    private void refuseNull(Term term, Term compared, Compare.Op op) {
        if (!(term instanceof Term.Constant(Value value, Span span, boolean parameter)) || !Values.isNull(value)) {
            return;
        }
        String name = Words.brief(source.piece(compared.span()));
        ErrorCode code = parameter ? ErrorCode.INVALID_VALUE : ErrorCode.FILTER_SYNTAX;
        String hint = "write " + name + (op == Compare.Op.NE ? " IS NOT NULL" : " IS NULL");
        throw fault(code, "a comparison with NULL is never true", span, hint);
    }

    private static String text(Term.Field field) {
        return field.ref().text();
    }

    private static Conditions list(List<Condition> conditions) {
        return Conditions.newBuilder().addAllConditions(conditions).build();
    }

    private Condition leaf(Condition.Builder builder, Marks where) {
        Condition condition = counted(builder, where.whole());
        marks.put(condition, where);
        return condition;
    }

    private Condition counted(Condition.Builder builder, Span span) {
        if (++nodes > Limits.FILTER_NODES) {
            throw fault(
                    ErrorCode.LIMIT_EXCEEDED,
                    nodes + " conditions, at most " + Limits.FILTER_NODES,
                    span,
                    "many values of one field are one condition: field IN (…)");
        }
        return builder.build();
    }
}
