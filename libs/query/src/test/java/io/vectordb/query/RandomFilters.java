package io.vectordb.query;

import io.vectordb.v1.Between;
import io.vectordb.v1.Compare;
import io.vectordb.v1.Condition;
import io.vectordb.v1.Conditions;
import io.vectordb.v1.Contains;
import io.vectordb.v1.FieldPath;
import io.vectordb.v1.Fields;
import io.vectordb.v1.InList;
import io.vectordb.v1.Like;
import io.vectordb.v1.Prefix;
import io.vectordb.v1.Value;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Random conditions in the form that the resolver leaves, and random rows that they have something to say about. */
final class RandomFilters {

    private static final List<String> PATHS = List.of(
            "a",
            "b",
            "c",
            "missing",
            "obj.a",
            "obj.b",
            "obj.items.a",
            "items.a",
            "items.tags",
            "items.obj.b",
            "\"a b\"",
            "\"order\"",
            "tags",
            "\"é\".\"x\"\"y\"");

    private static final List<Value> SCALARS = List.of(
            Fixtures.integer(0),
            Fixtures.integer(1),
            Fixtures.integer(2),
            Fixtures.integer(-5),
            Fixtures.integer(Long.MAX_VALUE),
            Fixtures.integer(Long.MIN_VALUE),
            Fixtures.integer((1L << 53) + 1),
            Fixtures.floating(0x1p53),
            Fixtures.floating(0x1p63),
            Fixtures.floating(1),
            Fixtures.floating(1.5),
            Fixtures.floating(0.1),
            Fixtures.floating(-0.0),
            Fixtures.floating(-1e300),
            Fixtures.decimal("1.50"),
            Fixtures.decimal("1.5"),
            Fixtures.decimal("1"),
            Fixtures.decimal("0.1"),
            Fixtures.decimal("9223372036854775808"),
            Fixtures.decimal("-9223372036854775807.5"),
            Fixtures.text(""),
            Fixtures.text("a"),
            Fixtures.text("ab"),
            Fixtures.text("A%b_"),
            Fixtures.text("it's"),
            Fixtures.text("1.5"),
            Fixtures.text("2024-01-01"),
            Fixtures.text("2024-02-30"),
            Fixtures.text("2024-01-01T00:00:00Z"),
            Fixtures.text("\uFFFD"),
            Fixtures.text("\uD83D\uDE00"),
            Values.of(true),
            Values.of(false),
            Values.date("2024-01-01"),
            Values.date("2023-12-31"),
            Values.date("0001-01-01"),
            Fixtures.timestamp(1_704_067_200, 0),
            Fixtures.timestamp(1_704_067_200, 1_000),
            Fixtures.timestamp(-62_135_596_800L, 0));

    private final Random random;

    RandomFilters(Random random) {
        this.random = random;
    }

    Condition condition(int depth) {
        int kind = random.nextInt(depth <= 0 ? 9 : 14);
        Condition.Builder condition = Condition.newBuilder();
        return switch (kind) {
            case 0, 1 -> condition.setCompare(compare()).build();
            case 2 ->
                condition
                        .setBetween(Between.newBuilder()
                                .setField(path())
                                .setLow(scalar())
                                .setHigh(scalar()))
                        .build();
            case 3 ->
                condition
                        .setInList(InList.newBuilder()
                                .setField(path())
                                .addAllValues(many(1 + random.nextInt(4), this::scalar)))
                        .build();
            case 4 -> condition.setLike(like()).build();
            case 5 ->
                condition
                        .setPrefix(Prefix.newBuilder().setField(path()).setPrefix(text("aAb1.25'-")))
                        .build();
            case 6 -> (random.nextBoolean() ? condition.setIsNull(field()) : condition.setExists(field())).build();
            case 7 -> condition.setContains(contains()).build();
            case 8 -> condition.setConstant(random.nextBoolean()).build();
            case 9, 10 -> condition.setAll(conditions(depth - 1)).build();
            case 11, 12 -> condition.setAny(conditions(depth - 1)).build();
            default -> condition.setNegate(condition(depth - 1)).build();
        };
    }

    Fields row() {
        Fields.Builder row = Fields.newBuilder();
        for (String name : List.of("a", "b", "c", "a b", "order", "tags", "obj", "items", "é")) {
            if (random.nextInt(5) > 0) {
                row.putValues(name, value(name, 3));
            }
        }
        return row.build();
    }

    Value scalar() {
        return SCALARS.get(random.nextInt(SCALARS.size()));
    }

    String text(String letters) {
        int length = random.nextInt(6);
        int[] points = letters.codePoints().toArray();
        return IntStream.range(0, length)
                .map(i -> points[random.nextInt(points.length)])
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private Value value(String name, int depth) {
        if (random.nextInt(8) == 0) {
            return Values.NULL;
        }
        boolean array = name.equals("items") || name.equals("tags") ? random.nextInt(8) > 0 : random.nextInt(8) == 0;
        if (array && depth > 0) {
            Value[] items = many(random.nextInt(4), () -> value(name.equals("items") ? "obj" : "", depth - 1))
                    .toArray(Value[]::new);
            return Fixtures.list(items);
        }
        if ((name.equals("obj") || name.equals("é")) && depth > 0) {
            Fields.Builder object = Fields.newBuilder();
            for (String field : List.of("a", "b", "tags", "obj", "items", "x\"y")) {
                if (random.nextInt(3) > 0) {
                    object.putValues(field, value(field, depth - 1));
                }
            }
            return Fixtures.object(object.build());
        }
        return random.nextInt(10) == 0 ? Fixtures.text(text("aAbB%_")) : scalar();
    }

    private Compare compare() {
        Compare.Op[] ops = {
            Compare.Op.EQ,
            Compare.Op.NE,
            Compare.Op.LT,
            Compare.Op.LE,
            Compare.Op.GT,
            Compare.Op.GE,
            Compare.Op.DISTINCT,
            Compare.Op.NOT_DISTINCT
        };
        Compare.Op op = ops[random.nextInt(ops.length)];
        Compare.Builder compare = Compare.newBuilder().setField(path()).setOp(op);
        if (random.nextInt(4) == 0) {
            return compare.setOtherField(path()).build();
        }
        boolean distinct = op == Compare.Op.DISTINCT || op == Compare.Op.NOT_DISTINCT;
        return compare.setValue(distinct && random.nextInt(4) == 0 ? Values.NULL : scalar())
                .build();
    }

    private Like like() {
        Like.Builder like = Like.newBuilder()
                .setField(path())
                .setIgnoreCase(random.nextBoolean())
                .setPattern(text("aAbB%_'"));
        if (random.nextInt(3) == 0) {
            String escaped = text("aAbB%_").replace("%", "!%").replace("_", "!_");
            like.setEscape("!").setPattern(escaped + "!!" + like.getPattern());
        }
        return like.build();
    }

    private Contains contains() {
        boolean all = random.nextBoolean();
        return Contains.newBuilder()
                .setField(path())
                .setMode(all ? Contains.Mode.ALL : Contains.Mode.ANY)
                .addAllValues(many(random.nextInt(4), this::scalar))
                .build();
    }

    private Conditions conditions(int depth) {
        return Conditions.newBuilder()
                .addAllConditions(many(2 + random.nextInt(2), () -> condition(depth)))
                .build();
    }

    private FieldPath field() {
        return FieldPath.newBuilder().setField(path()).build();
    }

    private String path() {
        return FieldRef.parse(PATHS.get(random.nextInt(PATHS.size()))).text();
    }

    private static <T> List<T> many(int count, Supplier<T> one) {
        return IntStream.range(0, count).mapToObj(i -> one.get()).toList();
    }
}
