package io.vectordb.schema;

import io.vectordb.common.Limits;

/** A field type of the schema language: one word, which schemas, SQL and error messages share. */
public sealed interface FieldType {

    /** The most digits a decimal may have. */
    int DECIMAL_DIGITS = 38;

    /** Exact text of at most 32,766 bytes of UTF-8. */
    record Keyword() implements FieldType {}

    /** Analysed text of at most 1 MiB of UTF-8. */
    record Text() implements FieldType {}

    record Int32() implements FieldType {}

    record Int64() implements FieldType {}

    /** A finite double. */
    record Float64() implements FieldType {}

    /**
     * An exact number.
     *
     * @param precision digits in all, 1 to 38
     * @param scale digits after the point, 0 to {@code precision}
     */
    record DecimalType(int precision, int scale) implements FieldType {
        public DecimalType {
            if (precision < 1 || precision > DECIMAL_DIGITS || scale < 0 || scale > precision) {
                throw new IllegalArgumentException("decimal(" + precision + "," + scale + ")");
            }
        }
    }

    record Bool() implements FieldType {}

    /** A day of the years 1 to 9999. */
    record DateType() implements FieldType {}

    /** A point in time of the years 1 to 9999, in UTC, to the microsecond. */
    record TimestampType() implements FieldType {}

    /** Any value of JSON. */
    record Json() implements FieldType {}

    /** Named values, of which a schema may declare some. */
    record ObjectType() implements FieldType {}

    /** A point on the WGS 84 ellipsoid. */
    record GeoPointType() implements FieldType {}

    /**
     * Finite 32-bit floats.
     *
     * @param dimension how many, 1 to 4,096
     */
    record VectorType(int dimension) implements FieldType {
        public VectorType {
            if (dimension < 1 || dimension > Limits.VECTOR_DIMENSIONS) {
                throw new IllegalArgumentException("vector(" + dimension + ")");
            }
        }
    }

    /**
     * Any number of values of one type.
     *
     * @param element neither an array nor a vector
     */
    record ArrayType(FieldType element) implements FieldType {
        public ArrayType {
            if (element instanceof ArrayType || element instanceof VectorType) {
                throw new IllegalArgumentException(element.word() + "[]");
            }
        }
    }

    /**
     * The type that a word names, in any case and also in SQL's spelling: {@code VARCHAR(20)}, {@code NUMERIC(38, 6)},
     * {@code BIGINT ARRAY}.
     *
     * @throws io.vectordb.common.VectorDbException INVALID_SCHEMA with the words that are near;
     *     FEATURE_NOT_AVAILABLE for a word of a later release
     */
    static FieldType parse(String word) {
        return TypeWords.parse(word);
    }

    /** The canonical word, which {@link #parse} reads: {@code decimal(38,6)}, {@code keyword[]}. */
    default String word() {
        return switch (this) {
            case Keyword() -> "keyword";
            case Text() -> "text";
            case Int32() -> "int32";
            case Int64() -> "int64";
            case Float64() -> "float64";
            case DecimalType(int precision, int scale) -> "decimal(" + precision + "," + scale + ")";
            case Bool() -> "bool";
            case DateType() -> "date";
            case TimestampType() -> "timestamp";
            case Json() -> "json";
            case ObjectType() -> "object";
            case GeoPointType() -> "geo_point";
            case VectorType(int dimension) -> "vector(" + dimension + ")";
            case ArrayType(FieldType element) -> element.word() + "[]";
        };
    }

    /** The type of one element: of an array its element's, else the type itself. */
    default FieldType single() {
        return this instanceof ArrayType(FieldType element) ? element : this;
    }
}
