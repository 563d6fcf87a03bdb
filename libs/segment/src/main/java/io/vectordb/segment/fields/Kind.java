package io.vectordb.segment.fields;

import org.jspecify.annotations.Nullable;

/**
 * What the index tells values apart by: each value of a row is of exactly one kind, and for one condition all values of
 * a kind behave alike but for what their terms say.
 *
 * <p>Codes stand in files: none is ever changed or used again.
 */
enum Kind {
    NULL(0, false),
    BOOL(1, true),
    /** Integers and doubles, which are one kind since they compare by value. */
    NUMBER(2, true),
    /** The double that compares with nothing. */
    NAN(3, true),
    DECIMAL(4, true),
    /** Text of up to {@link ValueCodec#TEXT_BYTES}. */
    TEXT(5, true),
    /** Longer text, of which the index knows how it begins and a hash. */
    LONG_TEXT(6, true),
    DATE(7, true),
    TIMESTAMP(8, true),
    /** Scalars that the index cannot express: ill-formed text, dates that are none, decimals of too many digits. */
    OPAQUE(9, true),
    LIST(10, false),
    OBJECT(11, false),
    GEO(12, false),
    VECTOR(13, false),
    BYTES(14, false);

    private static final @Nullable Kind[] BY_CODE = new Kind[values().length];

    static {
        for (Kind kind : values()) {
            BY_CODE[kind.code] = kind;
        }
    }

    private final byte code;
    private final boolean scalar;

    Kind(int code, boolean scalar) {
        this.code = (byte) code;
        this.scalar = scalar;
    }

    byte code() {
        return code;
    }

    /** What comparisons are made of. */
    boolean isScalar() {
        return scalar;
    }

    /** Whether its values are also points, by the first {@link ValueCodec#COARSE_BYTES} bytes of their terms. */
    boolean hasPoints() {
        return this == NUMBER || this == DECIMAL || this == TIMESTAMP;
    }

    /** Whether its values have terms that read back as the value. */
    boolean isReadable() {
        return hasPoints() || this == BOOL || this == TEXT || this == DATE;
    }

    /** The kind of this code; null: none has it. */
    static @Nullable Kind of(byte code) {
        return code < 0 || code >= BY_CODE.length ? null : BY_CODE[code];
    }
}
