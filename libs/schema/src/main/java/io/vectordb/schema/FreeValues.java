package io.vectordb.schema;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.Limits;
import io.vectordb.schema.FieldType.Json;
import io.vectordb.v1.Fields;
import io.vectordb.v1.ListValue;
import io.vectordb.v1.Value;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Values that no type is declared for: those of {@code json}, and of an object beside its declared fields.
 *
 * <p>Their canonical form is what JSON's value says of itself. A number is an int64 where it has neither fraction nor
 * exponent and fits, a float64 where that has the very same value, and else keeps its digits as a decimal.
 */
final class FreeValues {

    /**
     * How many lists and objects may stand in each other. Parsers of protobuf refuse more than 100 messages in each
     * other, of which an object takes three and what is around a record in a request or in the log up to sixteen: a
     * deeper record could be written and never be read again.
     */
    static final int NESTING = Math.min(Limits.NESTING, (100 - 16) / 3);

    private FreeValues() {}

    static @Nullable Value coerce(At at, Value value) {
        return switch (value.getKindCase()) {
            case NULL_VALUE, BOOL_VALUE, INT_VALUE -> value;
            case FLOAT_VALUE ->
                Double.isFinite(value.getFloatValue()) ? value : Numbers.notFinite(at, value.getFloatValue());
            case DECIMAL_VALUE -> number(at, value);
            case STRING_VALUE ->
                Texts.utf8Length(value.getStringValue()) >= 0 ? value : ValueCoercion.loneSurrogate(at);
            case DATE_VALUE -> Times.date(at, value);
            case TIMESTAMP_VALUE -> Times.timestamp(at, value);
            case GEO_VALUE -> GeoPoints.point(at, value);
            case LIST_VALUE ->
                isTooDeep(at) ? null : list(at, value.getListValue().getItemsList());
            case OBJECT_VALUE -> isTooDeep(at) ? null : object(at, value.getObjectValue());
            case VECTOR_VALUE, BYTES_VALUE, KIND_NOT_SET -> at.mismatch(new Json(), value);
        };
    }

    /** Whether a list or an object stands deeper than the limit; then that is told. */
    static boolean isTooDeep(At at) {
        boolean tooDeep = at.depth() > NESTING;
        if (tooDeep) {
            at.fail(ErrorCode.LIMIT_EXCEEDED, "expected at most " + NESTING + " levels of lists and objects");
        }
        return tooDeep;
    }

    private static @Nullable Value number(At at, Value value) {
        String digits = value.getDecimalValue();
        if (!Numbers.isNumber(digits)) {
            return Numbers.notANumber(at, digits);
        }
        if (Numbers.isInt64(digits)) {
            return Numbers.of(Long.parseLong(digits));
        }
        double number = Double.parseDouble(digits);
        try {
            boolean same = Double.isFinite(number)
                    && !Numbers.isInteger(digits)
                    && new BigDecimal(digits).compareTo(new BigDecimal(Double.toString(number))) == 0;
            return same ? Numbers.of(number) : value;
        } catch (NumberFormatException exponentOverflow) {
            return value;
        }
    }

    private static @Nullable Value list(At at, List<Value> items) {
        ListValue.Builder list = ListValue.newBuilder();
        boolean whole = true;
        for (int i = 0; i < items.size(); i++) {
            Value item = coerce(at.in(i), items.get(i));
            whole &= item != null;
            if (item != null) {
                list.addItems(item);
            }
        }
        return whole ? Value.newBuilder().setListValue(list).build() : null;
    }

    private static @Nullable Value object(At at, Fields fields) {
        Fields.Builder object = Fields.newBuilder();
        boolean whole = true;
        for (Map.Entry<String, Value> entry : fields.getValuesMap().entrySet()) {
            Value value = member(at.in(entry.getKey()), entry.getKey(), entry.getValue());
            whole &= value != null;
            if (value != null) {
                object.putValues(entry.getKey(), value);
            }
        }
        return whole ? Value.newBuilder().setObjectValue(object).build() : null;
    }

    /** The value of a member whose name nobody declared. */
    static @Nullable Value member(At at, String name, Value value) {
        return Texts.utf8Length(name) < 0 ? ValueCoercion.loneSurrogate(at) : coerce(at, value);
    }
}
