package io.vectordb.query;

import com.google.protobuf.Timestamp;
import io.vectordb.v1.Compare;
import io.vectordb.v1.Condition;
import io.vectordb.v1.Contains;
import io.vectordb.v1.Fields;
import io.vectordb.v1.Like;
import io.vectordb.v1.Value;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The meaning of conditions, written for clearness alone: null is unknown. */
final class NaiveFilter {

    private NaiveFilter() {}

    static @Nullable Boolean eval(Condition condition, Fields row) {
        return switch (condition.getKindCase()) {
            case ALL -> {
                List<@Nullable Boolean> parts = parts(condition.getAll().getConditionsList(), row);
                yield parts.contains(false) ? Boolean.FALSE : parts.contains(null) ? null : Boolean.TRUE;
            }
            case ANY -> {
                List<@Nullable Boolean> parts = parts(condition.getAny().getConditionsList(), row);
                yield parts.contains(true) ? Boolean.TRUE : parts.contains(null) ? null : Boolean.FALSE;
            }
            case NEGATE -> not(eval(condition.getNegate(), row));
            case CONSTANT -> condition.getConstant();
            case COMPARE -> compare(condition.getCompare(), row);
            case BETWEEN -> {
                Value value = get(condition.getBetween().getField(), row);
                Boolean low =
                        compare(value, Compare.Op.GE, condition.getBetween().getLow(), true);
                Boolean high =
                        compare(value, Compare.Op.LE, condition.getBetween().getHigh(), true);
                boolean no = Boolean.FALSE.equals(low) || Boolean.FALSE.equals(high);
                yield no ? Boolean.FALSE : low == null || high == null ? null : Boolean.TRUE;
            }
            case IN_LIST ->
                anyEquals(
                        get(condition.getInList().getField(), row),
                        condition.getInList().getValuesList());
            case LIKE -> like(condition.getLike(), row);
            case PREFIX -> {
                Value value = get(condition.getPrefix().getField(), row);
                yield value == null || !value.hasStringValue()
                        ? null
                        : (Boolean) value.getStringValue()
                                .startsWith(condition.getPrefix().getPrefix());
            }
            case IS_NULL -> {
                Value value = get(condition.getIsNull().getField(), row);
                yield value == null || value.hasNullValue();
            }
            case EXISTS -> get(condition.getExists().getField(), row) != null;
            case CONTAINS -> contains(condition.getContains(), row);
            case MATCH, NESTED, GEO, WITHIN, EXPRESSION, KIND_NOT_SET -> throw new AssertionError(condition);
        };
    }

    private static List<@Nullable Boolean> parts(List<Condition> conditions, Fields row) {
        List<@Nullable Boolean> parts = new ArrayList<>();
        conditions.forEach(condition -> parts.add(eval(condition, row)));
        return parts;
    }

    private static @Nullable Boolean not(@Nullable Boolean value) {
        return value == null ? null : (Boolean) !value;
    }

    static @Nullable Value get(String path, Fields row) {
        List<Value> found = new ArrayList<>();
        boolean array = walk(
                Value.newBuilder().setObjectValue(row).build(),
                FieldRef.parse(path).names(),
                false,
                found);
        if (found.isEmpty()) {
            return null;
        }
        return array ? Fixtures.list(found.toArray(Value[]::new)) : found.getFirst();
    }

    /** Collects what a path finds; true: it went through an array. */
    private static boolean walk(Value value, List<String> names, boolean inArray, List<Value> found) {
        if (names.isEmpty()) {
            if (inArray && value.hasListValue()) {
                found.addAll(value.getListValue().getItemsList());
            } else {
                found.add(value);
            }
            return inArray;
        }
        if (value.hasListValue()) {
            for (Value item : value.getListValue().getItemsList()) {
                walk(item, names, true, found);
            }
            return true;
        }
        if (value.hasObjectValue()) {
            Value next = value.getObjectValue().getValuesMap().get(names.getFirst());
            return next == null ? inArray : walk(next, names.subList(1, names.size()), inArray, found);
        }
        return inArray;
    }

    private static @Nullable Boolean compare(Compare compare, Fields row) {
        Value left = get(compare.getField(), row);
        return compare.getOtherField().isEmpty()
                ? compare(left, compare.getOp(), compare.getValue(), true)
                : compare(left, compare.getOp(), get(compare.getOtherField(), row), false);
    }

    private static boolean isNull(@Nullable Value value) {
        return value == null || value.hasNullValue();
    }

    private static boolean isScalar(Value value) {
        return !(value.hasListValue() || value.hasObjectValue() || value.hasNullValue());
    }

    private static @Nullable Boolean compare(
            @Nullable Value left, Compare.Op op, @Nullable Value right, boolean literal) {
        if (op == Compare.Op.DISTINCT || op == Compare.Op.NOT_DISTINCT) {
            boolean distinct;
            if (left == null || right == null || isNull(left) || isNull(right)) {
                distinct = isNull(left) != isNull(right);
            } else if (isScalar(left) && isScalar(right)) {
                distinct = !Objects.equals(order(left, right, literal), 0);
            } else {
                distinct = !left.equals(right);
            }
            return (op == Compare.Op.DISTINCT) == distinct;
        }
        if (left == null || right == null || !isScalar(left) || !isScalar(right)) {
            return null;
        }
        Integer order = order(left, right, literal);
        if (op == Compare.Op.EQ || op == Compare.Op.NE) {
            return (op == Compare.Op.EQ) == Objects.equals(order, 0);
        }
        if (order == null || left.hasBoolValue()) {
            return null;
        }
        return switch (op) {
            case LT -> order < 0;
            case LE -> order <= 0;
            case GT -> order > 0;
            default -> order >= 0;
        };
    }

    /** Negative, zero, positive; null: the two do not compare. */
    private static @Nullable Integer order(Value row, Value value, boolean literal) {
        BigDecimal a = number(row);
        BigDecimal b = number(value);
        if (a != null && b != null) {
            return a.compareTo(b);
        }
        if (row.hasStringValue() && value.hasStringValue()) {
            return Integer.signum(Arrays.compareUnsigned(
                    row.getStringValue().getBytes(StandardCharsets.UTF_8),
                    value.getStringValue().getBytes(StandardCharsets.UTF_8)));
        }
        if (row.hasBoolValue() && value.hasBoolValue()) {
            return Boolean.compare(row.getBoolValue(), value.getBoolValue());
        }
        if (literal && row.hasDecimalValue() && value.hasStringValue()) {
            BigDecimal read = decimal(value.getStringValue());
            return read == null || a == null ? null : (Integer) a.compareTo(read);
        }
        boolean oneText = row.hasStringValue() || value.hasStringValue();
        if (oneText && !literal) {
            return null;
        }
        if (row.hasDateValue() || value.hasDateValue()) {
            LocalDate x = date(row);
            LocalDate y = date(value);
            return x == null || y == null ? null : (Integer) Integer.signum(x.compareTo(y));
        }
        if (row.hasTimestampValue() || value.hasTimestampValue()) {
            Instant x = instant(row);
            Instant y = instant(value);
            return x == null || y == null ? null : (Integer) Integer.signum(x.compareTo(y));
        }
        return null;
    }

    private static @Nullable BigDecimal number(Value value) {
        if (value.hasIntValue()) {
            return new BigDecimal(value.getIntValue());
        }
        if (value.hasFloatValue()) {
            return new BigDecimal(value.getFloatValue());
        }
        return value.hasDecimalValue() ? new BigDecimal(value.getDecimalValue()) : null;
    }

    private static @Nullable BigDecimal decimal(String text) {
        try {
            return new BigDecimal(text);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static @Nullable LocalDate date(Value value) {
        String text = value.hasDateValue() ? value.getDateValue() : value.getStringValue();
        try {
            return LocalDate.parse(text);
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static @Nullable Instant instant(Value value) {
        if (value.hasTimestampValue()) {
            Timestamp timestamp = value.getTimestampValue();
            return Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos());
        }
        try {
            return value.hasStringValue() ? Instant.parse(value.getStringValue()) : null;
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static @Nullable Boolean anyEquals(@Nullable Value value, List<Value> values) {
        List<@Nullable Boolean> each = new ArrayList<>();
        values.forEach(one -> each.add(compare(value, Compare.Op.EQ, one, true)));
        return each.contains(true) ? Boolean.TRUE : each.contains(null) ? null : Boolean.FALSE;
    }

    private static @Nullable Boolean contains(Contains contains, Fields row) {
        Value array = get(contains.getField(), row);
        if (array == null || !array.hasListValue()) {
            return null;
        }
        List<@Nullable Boolean> each = new ArrayList<>();
        for (Value value : contains.getValuesList()) {
            List<@Nullable Boolean> items = new ArrayList<>();
            array.getListValue().getItemsList().forEach(item -> items.add(compare(item, Compare.Op.EQ, value, true)));
            each.add(items.contains(true) ? Boolean.TRUE : items.contains(null) ? null : Boolean.FALSE);
        }
        if (contains.getMode() == Contains.Mode.ALL) {
            return each.contains(false) ? Boolean.FALSE : each.contains(null) ? null : Boolean.TRUE;
        }
        return each.contains(true) ? Boolean.TRUE : each.contains(null) ? null : Boolean.FALSE;
    }

    private static @Nullable Boolean like(Like like, Fields row) {
        Value value = get(like.getField(), row);
        return value == null || !value.hasStringValue()
                ? null
                : (Boolean) like(value.getStringValue(), like.getPattern(), like.getEscape(), like.getIgnoreCase());
    }

    /** By the table of all beginnings of the text and of the pattern. */
    static boolean like(String text, String pattern, String escape, boolean ignoreCase) {
        int[] t = text.codePoints().map(c -> ignoreCase ? fold(c) : c).toArray();
        List<int[]> p = new ArrayList<>();
        int[] points = pattern.codePoints().toArray();
        for (int i = 0; i < points.length; i++) {
            boolean escaped = !escape.isEmpty() && points[i] == escape.codePointAt(0);
            int point = escaped ? points[++i] : points[i];
            int kind = escaped ? 0 : point == '%' ? 2 : point == '_' ? 1 : 0;
            p.add(new int[] {kind, ignoreCase ? fold(point) : point});
        }
        boolean[][] fits = new boolean[p.size() + 1][t.length + 1];
        fits[0][0] = true;
        for (int i = 1; i <= p.size(); i++) {
            int kind = p.get(i - 1)[0];
            for (int j = 0; j <= t.length; j++) {
                boolean one = j > 0 && fits[i - 1][j - 1] && (kind == 1 || t[j - 1] == p.get(i - 1)[1]);
                fits[i][j] = kind == 2 ? fits[i - 1][j] || (j > 0 && fits[i][j - 1]) : one;
            }
        }
        return fits[p.size()][t.length];
    }

    private static int fold(int point) {
        return Character.toLowerCase(Character.toUpperCase(point));
    }
}
