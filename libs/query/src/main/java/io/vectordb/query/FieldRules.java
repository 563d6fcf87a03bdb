package io.vectordb.query;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.schema.FieldType;
import io.vectordb.schema.FieldType.ArrayType;
import io.vectordb.schema.FieldType.Bool;
import io.vectordb.schema.FieldType.DateType;
import io.vectordb.schema.FieldType.DecimalType;
import io.vectordb.schema.FieldType.Float64;
import io.vectordb.schema.FieldType.GeoPointType;
import io.vectordb.schema.FieldType.Int32;
import io.vectordb.schema.FieldType.Int64;
import io.vectordb.schema.FieldType.Json;
import io.vectordb.schema.FieldType.Keyword;
import io.vectordb.schema.FieldType.ObjectType;
import io.vectordb.schema.FieldType.Text;
import io.vectordb.schema.FieldType.TimestampType;
import io.vectordb.schema.FieldType.VectorType;
import io.vectordb.v1.Compare;
import io.vectordb.v1.Value;

/** Which conditions make sense on fields of which types. All of it throws TYPE_MISMATCH. */
final class FieldRules {

    /** Types of one class compare with each other. */
    private enum Comparable {
        ANYTHING,
        TEXT,
        NUMBER,
        BOOL,
        DATE,
        TIMESTAMP,
        NOTHING
    }

    private FieldRules() {}

    /** Whether a field may be compared with a value by this operator. */
    static void checkCompared(ResolvedField field, Compare.Op op, Value value, Place place) {
        refuseArray(field, value, place);
        refuseStructure(field, place);
        if (Ops.isOrder(op) && (value.hasBoolValue() || !isOrdered(field))) {
            String type = value.hasBoolValue() ? "bool" : "such values";
            String message = field.describe() + ": " + Ops.text(op) + " does not apply to " + type;
            throw mismatch(place, message, orderHint(field));
        }
    }

    /** Whether two fields may be compared by this operator. */
    static void checkPair(ResolvedField field, Compare.Op op, ResolvedField other, Leaf leaf) {
        check(field, op, leaf.field("field"));
        check(other, op, leaf.other());
        Comparable a = comparable(field);
        Comparable b = comparable(other);
        if (a != b && a != Comparable.ANYTHING && b != Comparable.ANYTHING) {
            throw mismatch(leaf.other(), field.describe() + ", " + other.describe(), "");
        }
    }

    /** Whether a field may stand alone as a condition. */
    static void checkCondition(ResolvedField field, Place place) {
        if (!field.isDynamic() && !(field.type() instanceof Bool)) {
            String hint = "compare it, or write " + Words.brief(field.text()) + " IS NOT NULL";
            throw mismatch(place, field.describe() + ", expected a condition", hint);
        }
    }

    /** Whether LIKE and prefix() apply. */
    static void checkText(ResolvedField field, String what, String text, Place place) {
        refuseArray(field, Values.of(text), place);
        if (!field.isDynamic() && comparable(field) != Comparable.TEXT) {
            throw mismatch(place, field.describe() + ", " + what + " takes text", "");
        }
    }

    /** Whether contains() applies. */
    static void checkContains(ResolvedField field, Value value, Place place) {
        if (field.isDynamic()) {
            return;
        }
        if (!field.isArray()) {
            boolean text = comparable(field) == Comparable.TEXT && value.hasStringValue();
            String pattern = Words.quoted("%" + Words.brief(value.getStringValue()) + "%");
            String hint = text ? "for a part of a text write " + field.text() + " LIKE " + pattern : "";
            throw mismatch(place, field.describe() + ", contains() takes an array", hint);
        }
        FieldType type = field.type();
        if (type != null && comparable(type.single()) == Comparable.NOTHING) {
            throw mismatch(place, field.describe() + ", whose elements cannot be compared", "");
        }
    }

    private static void check(ResolvedField field, Compare.Op op, Place place) {
        refuseArray(field, Values.of("…"), place);
        refuseStructure(field, place);
        if (Ops.isOrder(op) && !isOrdered(field)) {
            throw mismatch(place, field.describe() + ": " + Ops.text(op) + " does not apply", orderHint(field));
        }
    }

    private static void refuseArray(ResolvedField field, Value value, Place place) {
        if (field.isArray()) {
            String literal = Values.isScalar(value) ? Words.brief(Values.shown(value)) : "…";
            String hint = "write contains(" + field.text() + ", " + literal + ")";
            throw mismatch(place, field.describe() + ", expected one value", hint);
        }
    }

    private static void refuseStructure(ResolvedField field, Place place) {
        if (comparable(field) == Comparable.NOTHING) {
            String hint = field.type() instanceof ObjectType ? "compare one of its fields" : "";
            throw mismatch(place, field.describe() + ": only IS NULL and exists() apply", hint);
        }
    }

    /** JSON as a whole has no order; a place within it may have one. */
    private static boolean isOrdered(ResolvedField field) {
        return !(field.type() instanceof Bool) && !(field.type() instanceof Json);
    }

    private static String orderHint(ResolvedField field) {
        return field.type() instanceof Bool ? "write " + field.text() + " or NOT " + field.text() : "";
    }

    private static Comparable comparable(ResolvedField field) {
        FieldType type = field.type();
        return type == null ? Comparable.ANYTHING : comparable(type);
    }

    private static Comparable comparable(FieldType type) {
        return switch (type) {
            case Keyword _, Text _ -> Comparable.TEXT;
            case Int32 _, Int64 _, Float64 _, DecimalType _ -> Comparable.NUMBER;
            case Bool _ -> Comparable.BOOL;
            case DateType _ -> Comparable.DATE;
            case TimestampType _ -> Comparable.TIMESTAMP;
            case Json _ -> Comparable.ANYTHING;
            case ObjectType _, GeoPointType _, VectorType _, ArrayType _ -> Comparable.NOTHING;
        };
    }

    private static VectorDbException mismatch(Place place, String message, String hint) {
        return place.fault(ErrorCode.TYPE_MISMATCH, message, hint);
    }
}
