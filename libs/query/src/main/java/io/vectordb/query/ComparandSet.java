package io.vectordb.query;

import com.google.protobuf.Timestamp;
import io.vectordb.v1.Value;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Values of which a record's may be one, made ready for many records.
 *
 * <p>Immutable. Looked up by hash, numbers by bisection, so that long lists cost hardly more than short ones.
 */
final class ComparandSet {

    private final Set<String> texts = new HashSet<>();
    private final Set<String> dates = new HashSet<>();
    private final Set<Timestamp> timestamps = new HashSet<>();
    /** What the texts read as, for records that hold timestamps and decimals. */
    private final Set<Timestamp> textTimestamps = new HashSet<>();

    private final Set<BigDecimal> textDecimals = new HashSet<>();
    /** In the order of their values, all comparable with each other. */
    private final Comparand[] numbers;

    private boolean hasTrue;
    private boolean hasFalse;
    private boolean hasNull;

    ComparandSet(List<Value> values) {
        List<Comparand> numeric = new ArrayList<>();
        for (Value value : values) {
            switch (value.getKindCase()) {
                case INT_VALUE, FLOAT_VALUE, DECIMAL_VALUE -> numeric.add(Comparand.of(value));
                case STRING_VALUE -> addText(value.getStringValue());
                case BOOL_VALUE -> {
                    hasTrue |= value.getBoolValue();
                    hasFalse |= !value.getBoolValue();
                }
                case DATE_VALUE -> dates.add(value.getDateValue());
                case TIMESTAMP_VALUE -> timestamps.add(value.getTimestampValue());
                case NULL_VALUE, KIND_NOT_SET -> hasNull = true;
                case LIST_VALUE, OBJECT_VALUE, GEO_VALUE, VECTOR_VALUE, BYTES_VALUE -> {
                    // No scalar of a record equals it.
                }
            }
        }
        numeric.removeIf(number -> number.order(number.value()) == Comparand.INCOMPARABLE);
        numeric.sort((a, b) -> b.order(a.value()));
        this.numbers = numeric.toArray(Comparand[]::new);
    }

    private void addText(String text) {
        texts.add(text);
        Timestamp timestamp = Times.timestamp(text);
        if (timestamp != null) {
            textTimestamps.add(timestamp);
        }
        BigDecimal decimal = Numbers.decimal(text);
        if (decimal != null) {
            textDecimals.add(decimal.stripTrailingZeros());
        }
    }

    /** Whether a value is one of these: unknown for null, for what is no scalar, and where null is one of these. */
    int holds(Value value) {
        if (!Values.isScalar(value)) {
            return Logic.UNKNOWN;
        }
        return isIn(value) ? Logic.TRUE : hasNull ? Logic.UNKNOWN : Logic.FALSE;
    }

    private boolean isIn(Value value) {
        return switch (value.getKindCase()) {
            case INT_VALUE, FLOAT_VALUE -> isNumber(value);
            case DECIMAL_VALUE -> isNumber(value) || isTextDecimal(value.getDecimalValue());
            case STRING_VALUE -> isText(value.getStringValue());
            case BOOL_VALUE -> value.getBoolValue() ? hasTrue : hasFalse;
            case DATE_VALUE -> dates.contains(value.getDateValue()) || texts.contains(value.getDateValue());
            case TIMESTAMP_VALUE ->
                timestamps.contains(value.getTimestampValue()) || textTimestamps.contains(value.getTimestampValue());
            case NULL_VALUE, LIST_VALUE, OBJECT_VALUE, GEO_VALUE, VECTOR_VALUE, BYTES_VALUE, KIND_NOT_SET -> false;
        };
    }

    private boolean isText(String text) {
        if (texts.contains(text) || dates.contains(text)) {
            return true;
        }
        if (timestamps.isEmpty()) {
            return false;
        }
        Timestamp timestamp = Times.timestamp(text);
        return timestamp != null && timestamps.contains(timestamp);
    }

    private boolean isTextDecimal(String digits) {
        if (textDecimals.isEmpty()) {
            return false;
        }
        BigDecimal decimal = Numbers.decimal(digits);
        return decimal != null && textDecimals.contains(decimal.stripTrailingZeros());
    }

    private boolean isNumber(Value value) {
        int low = 0;
        int high = numbers.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = numbers[middle].order(value);
            if (order == 0) {
                return true;
            }
            if (order == Comparand.INCOMPARABLE) {
                return false;
            }
            if (order < 0) {
                high = middle - 1;
            } else {
                low = middle + 1;
            }
        }
        return false;
    }
}
