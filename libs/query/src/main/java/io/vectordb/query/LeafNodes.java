package io.vectordb.query;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.query.RowPredicate.Node;
import io.vectordb.v1.Between;
import io.vectordb.v1.Compare;
import io.vectordb.v1.Contains;
import io.vectordb.v1.FieldPath;
import io.vectordb.v1.InList;
import io.vectordb.v1.Like;
import io.vectordb.v1.Prefix;
import io.vectordb.v1.Value;
import java.util.List;

/** Single conditions, made ready for many records. */
final class LeafNodes {

    private LeafNodes() {}

    static Node compare(Compare compare) {
        CompiledPath path = CompiledPath.of(compare.getField());
        Compare.Op op = compare.getOp();
        if (!compare.getOtherField().isEmpty()) {
            CompiledPath other = CompiledPath.of(compare.getOtherField());
            return row -> {
                Value left = path.get(row);
                Value right = other.get(row);
                return Comparand.ofRecord(right == null ? Values.NULL : right)
                        .test(op, left == null ? Values.NULL : left);
            };
        }
        Comparand value = Comparand.of(compare.getValue());
        return row -> {
            Value found = path.get(row);
            return value.test(op, found == null ? Values.NULL : found);
        };
    }

    static Node between(Between between) {
        CompiledPath path = CompiledPath.of(between.getField());
        Comparand low = Comparand.of(between.getLow());
        Comparand high = Comparand.of(between.getHigh());
        return row -> {
            Value found = path.get(row);
            return found == null
                    ? Logic.UNKNOWN
                    : Math.min(low.test(Compare.Op.GE, found), high.test(Compare.Op.LE, found));
        };
    }

    static Node inList(InList list) {
        if (list.getValuesCount() == 0) {
            return row -> Logic.FALSE;
        }
        CompiledPath path = CompiledPath.of(list.getField());
        ComparandSet set = new ComparandSet(list.getValuesList());
        return row -> {
            Value found = path.get(row);
            return found == null ? Logic.UNKNOWN : set.holds(found);
        };
    }

    static Node like(Like like) {
        String fault = LikeMatcher.fault(like.getPattern(), like.getEscape());
        if (!fault.isEmpty()) {
            throw new VectorDbException(ErrorCode.INVALID_VALUE, fault);
        }
        CompiledPath path = CompiledPath.of(like.getField());
        LikeMatcher matcher = LikeMatcher.of(like.getPattern(), like.getEscape(), like.getIgnoreCase());
        return row -> {
            Value found = path.get(row);
            return found != null && found.hasStringValue()
                    ? Logic.of(matcher.matches(found.getStringValue()))
                    : Logic.UNKNOWN;
        };
    }

    static Node prefix(Prefix prefix) {
        CompiledPath path = CompiledPath.of(prefix.getField());
        String begin = prefix.getPrefix();
        return row -> {
            Value found = path.get(row);
            return found != null && found.hasStringValue()
                    ? Logic.of(found.getStringValue().startsWith(begin))
                    : Logic.UNKNOWN;
        };
    }

    static Node isNull(FieldPath field) {
        CompiledPath path = CompiledPath.of(field.getField());
        return row -> {
            Value found = path.get(row);
            return Logic.of(found == null || Values.isNull(found));
        };
    }

    static Node exists(FieldPath field) {
        CompiledPath path = CompiledPath.of(field.getField());
        return row -> Logic.of(path.get(row) != null);
    }

    static Node contains(Contains contains) {
        return contains.getMode() == Contains.Mode.ALL ? containsAll(contains) : containsAny(contains);
    }

    private static Node containsAny(Contains contains) {
        CompiledPath path = CompiledPath.of(contains.getField());
        ComparandSet set = new ComparandSet(contains.getValuesList());
        boolean none = contains.getValuesCount() == 0;
        return row -> {
            Value found = path.get(row);
            if (found == null || !found.hasListValue()) {
                return Logic.UNKNOWN;
            }
            int greatest = Logic.FALSE;
            List<Value> items = found.getListValue().getItemsList();
            for (int i = 0; i < items.size() && greatest != Logic.TRUE && !none; i++) {
                greatest = Math.max(greatest, set.holds(items.get(i)));
            }
            return greatest;
        };
    }

    private static Node containsAll(Contains contains) {
        CompiledPath path = CompiledPath.of(contains.getField());
        Comparand[] values =
                contains.getValuesList().stream().distinct().map(Comparand::of).toArray(Comparand[]::new);
        return row -> {
            Value found = path.get(row);
            if (found == null || !found.hasListValue()) {
                return Logic.UNKNOWN;
            }
            int least = Logic.TRUE;
            List<Value> items = found.getListValue().getItemsList();
            for (int i = 0; i < values.length && least != Logic.FALSE; i++) {
                least = Math.min(least, anyEquals(items, values[i]));
            }
            return least;
        };
    }

    private static int anyEquals(List<Value> items, Comparand value) {
        int greatest = Logic.FALSE;
        for (int i = 0; i < items.size() && greatest != Logic.TRUE; i++) {
            greatest = Math.max(greatest, value.equality(items.get(i)));
        }
        return greatest;
    }
}
