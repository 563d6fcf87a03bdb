package io.vectordb.query;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.Limits;
import io.vectordb.v1.Between;
import io.vectordb.v1.Compare;
import io.vectordb.v1.Condition;
import io.vectordb.v1.Contains;
import io.vectordb.v1.FieldPath;
import io.vectordb.v1.InList;
import io.vectordb.v1.Like;
import io.vectordb.v1.Prefix;
import io.vectordb.v1.Value;
import java.util.ArrayList;
import java.util.List;

/** Resolves the names of single conditions and gives their values types. */
final class LeafResolver {

    private final NameResolver names;

    LeafResolver(NameResolver names) {
        this.names = names;
    }

    Condition compare(Compare compare, Leaf leaf) {
        Compare.Op op = compare.getOp() == Compare.Op.OP_UNSPECIFIED ? Compare.Op.EQ : compare.getOp();
        if (op == Compare.Op.UNRECOGNIZED) {
            throw leaf.whole().fault(ErrorCode.INVALID_VALUE, "an unknown operator: " + compare.getOpValue(), "");
        }
        boolean twoFields = !compare.getOtherField().isEmpty();
        if (twoFields && compare.hasValue()) {
            throw leaf.whole()
                    .fault(ErrorCode.INVALID_VALUE, "both value and other_field are given", "give one of the two");
        }
        if (!twoFields && !compare.hasValue()) {
            throw leaf.whole().fault(ErrorCode.MISSING_MEMBER, "neither value nor other_field is given", "");
        }
        ResolvedField field = names.resolve(compare.getField(), leaf.field("field"), false);
        Compare.Builder resolved = Compare.newBuilder().setField(field.text()).setOp(op);
        if (twoFields) {
            ResolvedField other = names.resolve(compare.getOtherField(), leaf.other(), true);
            FieldRules.checkPair(field, op, other, leaf);
            resolved.setOtherField(other.text());
        } else {
            resolved.setValue(operand(field, op, compare.getValue(), leaf));
        }
        return Condition.newBuilder().setCompare(resolved).build();
    }

    Condition between(Between between, Leaf leaf) {
        ResolvedField field = names.resolve(between.getField(), leaf.field("field"), false);
        Between.Builder resolved = Between.newBuilder()
                .setField(field.text())
                .setLow(bound(field, Compare.Op.GE, between.getLow(), leaf, 0))
                .setHigh(bound(field, Compare.Op.LE, between.getHigh(), leaf, 1));
        return Condition.newBuilder().setBetween(resolved).build();
    }

    Condition inList(InList list, Leaf leaf) {
        ResolvedField field = names.resolve(list.getField(), leaf.field("field"), false);
        int count = list.getValuesCount();
        checkCount(count, leaf.marks() == null ? Limits.IN_VALUES : Limits.PARAMETER_VALUES, leaf);
        Value example = count == 0 ? Values.of("…") : list.getValues(0);
        FieldRules.checkCompared(field, Compare.Op.EQ, example, leaf.field("field"));
        if (count == 0) {
            return Condition.newBuilder().setConstant(false).build();
        }
        InList.Builder resolved = InList.newBuilder().setField(field.text());
        typed(list.getValuesList(), field, leaf).forEach(resolved::addValues);
        return Condition.newBuilder().setInList(resolved).build();
    }

    Condition contains(Contains contains, Leaf leaf) {
        ResolvedField field = names.resolve(contains.getField(), leaf.field("field"), false);
        checkCount(contains.getValuesCount(), Limits.PARAMETER_VALUES, leaf);
        if (contains.getMode() == Contains.Mode.UNRECOGNIZED) {
            throw leaf.whole().fault(ErrorCode.INVALID_VALUE, "an unknown mode: " + contains.getModeValue(), "");
        }
        Value example = contains.getValuesCount() == 0 ? Values.of("…") : contains.getValues(0);
        FieldRules.checkContains(field, example, leaf.field("field"));
        boolean all = contains.getMode() == Contains.Mode.ALL;
        Contains.Builder resolved =
                Contains.newBuilder().setField(field.text()).setMode(all ? Contains.Mode.ALL : Contains.Mode.ANY);
        typed(contains.getValuesList(), field, leaf).forEach(resolved::addValues);
        return Condition.newBuilder().setContains(resolved).build();
    }

    Condition like(Like like, Leaf leaf) {
        ResolvedField field = names.resolve(like.getField(), leaf.field("field"), false);
        FieldRules.checkText(field, "LIKE", like.getPattern(), leaf.field("field"));
        String fault = LikeMatcher.fault(like.getPattern(), like.getEscape());
        if (!fault.isEmpty()) {
            String hint = "the escape character stands before %, _ or itself";
            throw leaf.value(0, "pattern").fault(ErrorCode.INVALID_VALUE, fault, hint);
        }
        return Condition.newBuilder()
                .setLike(like.toBuilder().setField(field.text()))
                .build();
    }

    Condition prefix(Prefix prefix, Leaf leaf) {
        ResolvedField field = names.resolve(prefix.getField(), leaf.field("field"), false);
        FieldRules.checkText(field, "prefix()", prefix.getPrefix(), leaf.field("field"));
        return Condition.newBuilder()
                .setPrefix(prefix.toBuilder().setField(field.text()))
                .build();
    }

    Condition isNull(FieldPath path, Leaf leaf) {
        return Condition.newBuilder().setIsNull(path(path, leaf)).build();
    }

    Condition exists(FieldPath path, Leaf leaf) {
        return Condition.newBuilder().setExists(path(path, leaf)).build();
    }

    private FieldPath path(FieldPath path, Leaf leaf) {
        return FieldPath.newBuilder()
                .setField(names.resolve(path.getField(), leaf.field("field"), false)
                        .text())
                .build();
    }

    private Value operand(ResolvedField field, Compare.Op op, Value value, Leaf leaf) {
        Place place = leaf.value(0, "value");
        boolean distinct = op == Compare.Op.DISTINCT || op == Compare.Op.NOT_DISTINCT;
        if (Values.isNull(value) && distinct) {
            return Values.NULL;
        }
        refuseNull(value, field, op, place);
        if (leaf.isBare()) {
            FieldRules.checkCondition(field, leaf.whole());
        }
        FieldRules.checkCompared(field, op, value, leaf.field("field"));
        return ValueTyper.typed(value, field, place);
    }

    private Value bound(ResolvedField field, Compare.Op op, Value value, Leaf leaf, int index) {
        Place place = leaf.value(index, index == 0 ? "low" : "high");
        refuseNull(value, field, op, place);
        FieldRules.checkCompared(field, op, value, leaf.field("field"));
        return ValueTyper.typed(value, field, place);
    }

    private static List<Value> typed(List<Value> values, ResolvedField field, Leaf leaf) {
        List<Value> typed = new ArrayList<>(values.size());
        for (int i = 0; i < values.size(); i++) {
            Place place = leaf.value(i, "values." + i);
            refuseNull(values.get(i), field, Compare.Op.EQ, place);
            typed.add(ValueTyper.typed(values.get(i), field, place));
        }
        return typed;
    }

    private static void refuseNull(Value value, ResolvedField field, Compare.Op op, Place place) {
        if (Values.isNull(value)) {
            String isNull = op == Compare.Op.NE ? " IS NOT NULL" : " IS NULL";
            String hint = "write " + Words.brief(field.text()) + isNull;
            throw place.fault(ErrorCode.INVALID_VALUE, "a comparison with null is never true", hint);
        }
    }

    private static void checkCount(int count, int most, Leaf leaf) {
        if (count > most) {
            throw leaf.whole().fault(ErrorCode.LIMIT_EXCEEDED, count + " values, at most " + most, "");
        }
    }
}
