package io.vectordb.segment.fields;

import com.google.protobuf.ByteString;
import com.google.protobuf.NullValue;
import com.google.protobuf.Timestamp;
import io.vectordb.v1.Fields;
import io.vectordb.v1.GeoPoint;
import io.vectordb.v1.ListValue;
import io.vectordb.v1.Value;
import io.vectordb.v1.Vector;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Rows of few names and of values that lie close together, so that random conditions have something to say about them. */
final class RandomRows {

    static final String LONG = "é".repeat(200);
    private static final String START = "0123456789abcdef0123456789abcdef";

    private static final List<String> TEXTS = List.of(
            "",
            "a",
            "ab",
            "abc",
            "b",
            "a\0",
            "a\0b",
            "\0",
            "A%b_",
            "1.5",
            "1.50",
            "+1",
            "1e1",
            "-",
            "1\u0662",
            "2024-01-01",
            "2023-12-31",
            "2024-02-30",
            "2024-01-01T00:00:00Z",
            "2024-01-01 00:00:00.000001Z",
            "\uFFFD",
            "\uE000",
            "\uD83D\uDE00",
            "\uD83D\uDE01z",
            "\uD83D",
            "a\uDE00",
            LONG,
            LONG + "x",
            "a".repeat(256),
            "a".repeat(257),
            START + "a".repeat(300),
            START + "b".repeat(300),
            "b".repeat(40_000));

    private static final long[] INTEGERS = {
        0,
        1,
        2,
        -5,
        10,
        Long.MAX_VALUE,
        Long.MAX_VALUE - 1,
        Long.MAX_VALUE - 600,
        Long.MIN_VALUE,
        Long.MIN_VALUE + 1,
        (1L << 53) - 1,
        1L << 53,
        (1L << 53) + 1,
        (1L << 53) + 2,
        (1L << 60) + 100,
        (1L << 60) + 101
    };

    private static final double[] DOUBLES = {
        0,
        -0.0,
        1,
        1.5,
        0.1,
        -5,
        Math.nextUp(1.0),
        0x1p53,
        0x1p53 + 2,
        0x1p60,
        0x1p63,
        -0x1p63,
        -1e300,
        1e300,
        Double.MIN_VALUE,
        -Double.MIN_VALUE,
        Double.MAX_VALUE,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        Double.NaN
    };

    private static final List<String> DECIMALS = List.of(
            "0",
            "-0.00",
            "1",
            "1.0",
            "1.50",
            "1.5",
            "0.1",
            "0.10000000000000000555111512312578270211815834045410156250",
            "0.1000000000000000055511151231257827021",
            "9007199254740993",
            "9007199254740993.5",
            "9223372036854775807",
            "9223372036854775808",
            "-9223372036854775807.5",
            "1e400",
            "-1E-38",
            "1E+38",
            "10000000000000000000000000000000000000E+38",
            "99999999999999999999999999999999999999",
            "1." + "0".repeat(50),
            "no number",
            "1\u0662");

    private static final List<String> DATES =
            List.of("2024-01-01", "2023-12-31", "0001-01-01", "9999-12-31", "2024-02-30", "2024-1-1", "");

    private static final List<Timestamp> TIMESTAMPS = List.of(
            timestamp(1_704_067_200, 0),
            timestamp(1_704_067_200, 1_000),
            timestamp(1_704_067_200, 1_001),
            timestamp(1_704_067_200, 1_999),
            timestamp(1_704_067_199, 999_999_999),
            timestamp(-1, 999_999_000),
            timestamp(0, -1),
            timestamp(0, 2_000_000_000),
            timestamp(Long.MAX_VALUE, 1),
            timestamp(Long.MAX_VALUE, 0),
            timestamp(Long.MIN_VALUE, 0),
            timestamp(Long.MIN_VALUE, Integer.MIN_VALUE));

    private final Random random;
    private final boolean sound;

    /**
     * Rows.
     *
     * @param sound whether all scalars are such that the index can express them
     */
    RandomRows(Random random, boolean sound) {
        this.random = random;
        this.sound = sound;
    }

    static Timestamp timestamp(long seconds, int nanos) {
        return Timestamp.newBuilder().setSeconds(seconds).setNanos(nanos).build();
    }

    static Value text(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }

    static Value integer(long value) {
        return Value.newBuilder().setIntValue(value).build();
    }

    static Value floating(double value) {
        return Value.newBuilder().setFloatValue(value).build();
    }

    static Value nothing() {
        return Value.newBuilder().setNullValue(NullValue.NULL_VALUE).build();
    }

    static Value list(List<Value> items) {
        return Value.newBuilder()
                .setListValue(ListValue.newBuilder().addAllItems(items))
                .build();
    }

    /** Names of a few fields with values of one type each, as most collections have, then of mixed ones. */
    Fields row() {
        Fields.Builder row = Fields.newBuilder();
        put(row, "keyword", text(pick(List.of("aa", "ab", "b", "ba", "bb", "\uD83D\uDE00", "\uFFFD", ""))));
        put(row, "int", integer(random.nextInt(20)));
        put(row, "double", floating(random.nextInt(40) / 4.0));
        put(row, "bool", Value.newBuilder().setBoolValue(random.nextBoolean()).build());
        put(row, "date", date("2024-01-%02d".formatted(1 + random.nextInt(28))));
        put(row, "time", time(timestamp(1_704_067_200 + random.nextInt(10), random.nextInt(3) * 1_000)));
        put(row, "decimal", decimal(random.nextInt(10) + "." + random.nextInt(10)));
        put(row, "tags", list(many(random.nextInt(4), () -> text(pick(List.of("x", "y", "z", "xy"))))));
        for (String name : List.of("a", "b", "obj", "items", "é.\"")) {
            put(row, name, value(name, 3));
        }
        return row.build();
    }

    private void put(Fields.Builder row, String name, Value value) {
        int chance = random.nextInt(10);
        if (chance > 0) {
            row.putValues(name, chance == 1 ? nothing() : value);
        }
    }

    Value value(String name, int depth) {
        if (random.nextInt(10) == 0) {
            return nothing();
        }
        boolean array = random.nextInt(8) < (name.equals("items") ? 7 : 1);
        if (array && depth > 0) {
            return list(many(random.nextInt(4), () -> value(name.equals("items") ? "obj" : "", depth - 1)));
        }
        if (depth > 0 && (name.equals("obj") || random.nextInt(12) == 0)) {
            Fields.Builder object = Fields.newBuilder();
            for (String field : List.of("a", "b", "obj", "items")) {
                if (random.nextInt(3) > 0) {
                    object.putValues(field, value(field, depth - 1));
                }
            }
            return Value.newBuilder().setObjectValue(object).build();
        }
        return random.nextInt(12) == 0 ? other() : scalar();
    }

    Value scalar() {
        Value scalar = anyScalar();
        while (sound && ValueCodec.encode(scalar).kind() == Kind.OPAQUE) {
            scalar = anyScalar();
        }
        return scalar;
    }

    private Value anyScalar() {
        return switch (random.nextInt(12)) {
            case 0, 1, 2 -> text(pick(TEXTS));
            case 3, 4, 5 -> integer(INTEGERS[random.nextInt(INTEGERS.length)]);
            case 6, 7 -> floating(DOUBLES[random.nextInt(DOUBLES.length)]);
            case 8 -> decimal(pick(DECIMALS));
            case 9 -> date(pick(DATES));
            case 10 -> time(pick(TIMESTAMPS));
            default -> Value.newBuilder().setBoolValue(random.nextBoolean()).build();
        };
    }

    Value other() {
        return switch (random.nextInt(5)) {
            case 0 ->
                Value.newBuilder().setVectorValue(Vector.getDefaultInstance()).build();
            case 1 ->
                Value.newBuilder().setGeoValue(GeoPoint.newBuilder().setLat(1)).build();
            case 2 ->
                Value.newBuilder().setBytesValue(ByteString.copyFromUtf8("x")).build();
            case 3 -> Value.getDefaultInstance();
            default -> list(List.of(text("a")));
        };
    }

    <T> T pick(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    static <T> List<T> many(int count, Supplier<T> one) {
        return new ArrayList<>(
                IntStream.range(0, count).mapToObj(_ -> one.get()).toList());
    }

    static Value date(String date) {
        return Value.newBuilder().setDateValue(date).build();
    }

    static Value decimal(String digits) {
        return Value.newBuilder().setDecimalValue(digits).build();
    }

    static Value time(Timestamp timestamp) {
        return Value.newBuilder().setTimestampValue(timestamp).build();
    }
}
