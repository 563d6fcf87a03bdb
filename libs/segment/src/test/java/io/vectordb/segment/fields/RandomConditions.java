package io.vectordb.segment.fields;

import static io.vectordb.segment.fields.RandomRows.many;

import io.vectordb.v1.Between;
import io.vectordb.v1.Compare;
import io.vectordb.v1.Condition;
import io.vectordb.v1.Conditions;
import io.vectordb.v1.Contains;
import io.vectordb.v1.FieldPath;
import io.vectordb.v1.InList;
import io.vectordb.v1.Like;
import io.vectordb.v1.Prefix;
import io.vectordb.v1.Value;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** Conditions about {@link RandomRows}. */
final class RandomConditions {

    private static final List<String> WILD = List.of(
            "a",
            "b",
            "missing",
            "obj",
            "obj.a",
            "obj.b",
            "obj.obj.a",
            "items",
            "items.a",
            "items.b",
            "items.obj.a",
            "items.items",
            "obj.items.a",
            "\"é.\"\"\"",
            "keyword",
            "int",
            "tags");

    private static final List<Compare.Op> OPS = List.of(
            Compare.Op.EQ,
            Compare.Op.NE,
            Compare.Op.LT,
            Compare.Op.LE,
            Compare.Op.GT,
            Compare.Op.GE,
            Compare.Op.DISTINCT,
            Compare.Op.NOT_DISTINCT);

    private final Random random;
    private final RandomRows rows;

    RandomConditions(Random random, RandomRows rows) {
        this.random = random;
        this.rows = rows;
    }

    /** Of every kind, about every path, with values of every type. */
    Condition wild(int depth) {
        int kind = random.nextInt(depth <= 0 ? 12 : 18);
        Condition.Builder condition = Condition.newBuilder();
        String path = rows.pick(WILD);
        return switch (kind) {
            case 0, 1, 2, 3 -> compare(path, rows.pick(OPS), literal());
            case 4 -> twoFields(path);
            case 5 ->
                condition
                        .setBetween(Between.newBuilder()
                                .setField(path)
                                .setLow(literal())
                                .setHigh(literal()))
                        .build();
            case 6 -> in(path, many(random.nextInt(30), this::literal));
            case 7 -> like(path);
            case 8 -> prefix(path, rows.pick(List.of("", "a", "A%", "\uD83D\uDE00", "\uD83D", RandomRows.LONG)));
            case 9 -> existence(path);
            case 10 -> contains(path, many(random.nextInt(3), this::literal));
            case 11 -> condition.setConstant(random.nextBoolean()).build();
            default -> combined(kind, () -> wild(depth - 1));
        };
    }

    /** As people write them: about fields of one type, with values of that type. */
    Condition common(int depth) {
        int kind = random.nextInt(depth <= 0 ? 10 : 16);
        String field = rows.pick(List.of("int", "double", "date", "time", "decimal", "keyword", "bool"));
        return switch (kind) {
            case 0, 1 -> compare(field, rows.pick(List.of(Compare.Op.EQ, Compare.Op.NE)), fitting(field));
            case 2, 3, 4 -> compare(field, rows.pick(OPS), fitting(field));
            case 5 -> in(field, many(1 + random.nextInt(20), () -> fitting(field)));
            case 6 ->
                contains("tags", many(1 + random.nextInt(2), () -> RandomRows.text(rows.pick(List.of("x", "y")))));
            case 7 -> prefix("keyword", rows.pick(List.of("a", "b", "ba", "\uD83D\uDE00")));
            case 8 ->
                Condition.newBuilder()
                        .setBetween(Between.newBuilder()
                                .setField(field)
                                .setLow(fitting(field))
                                .setHigh(fitting(field)))
                        .build();
            case 9 -> existence(field);
            default -> combined(kind + 2, () -> common(depth - 1));
        };
    }

    private Condition combined(int kind, Supplier<Condition> part) {
        Condition.Builder condition = Condition.newBuilder();
        if (kind > 15) {
            return condition.setNegate(part.get()).build();
        }
        Conditions parts = Conditions.newBuilder()
                .addAllConditions(many(2 + random.nextInt(2), part))
                .build();
        return kind % 2 == 0
                ? condition.setAll(parts).build()
                : condition.setAny(parts).build();
    }

    private Value literal() {
        int chance = random.nextInt(40);
        return chance == 0 ? RandomRows.nothing() : chance == 1 ? rows.other() : rows.scalar();
    }

    private Value fitting(String field) {
        return switch (field) {
            case "int", "double" ->
                random.nextBoolean()
                        ? RandomRows.integer(random.nextInt(20))
                        : RandomRows.floating(random.nextInt(40) / 4.0);
            case "date" -> RandomRows.date("2024-01-%02d".formatted(1 + random.nextInt(28)));
            case "time" ->
                RandomRows.time(RandomRows.timestamp(1_704_067_200 + random.nextInt(10), random.nextInt(3) * 1_000));
            case "decimal" -> RandomRows.decimal(random.nextInt(10) + "." + random.nextInt(10));
            case "bool" -> Value.newBuilder().setBoolValue(random.nextBoolean()).build();
            default -> RandomRows.text(rows.pick(List.of("aa", "ab", "b", "bb", "\uD83D\uDE00", "\uFFFD", "")));
        };
    }

    static Condition compare(String field, Compare.Op op, Value value) {
        return Condition.newBuilder()
                .setCompare(Compare.newBuilder().setField(field).setOp(op).setValue(value))
                .build();
    }

    static Condition in(String field, List<Value> values) {
        return Condition.newBuilder()
                .setInList(InList.newBuilder().setField(field).addAllValues(values))
                .build();
    }

    static Condition prefix(String field, String prefix) {
        return Condition.newBuilder()
                .setPrefix(Prefix.newBuilder().setField(field).setPrefix(prefix))
                .build();
    }

    private Condition twoFields(String field) {
        return Condition.newBuilder()
                .setCompare(Compare.newBuilder()
                        .setField(field)
                        .setOp(rows.pick(OPS))
                        .setOtherField(rows.pick(WILD)))
                .build();
    }

    private Condition like(String field) {
        String pattern =
                rows.pick(List.of("%", "a%", "_", "a", "", "A!%b%", "%b", "a_", "é%", "A", "\uD83D_", "0123%a", "%%"));
        Like.Builder like = Like.newBuilder()
                .setField(field)
                .setPattern(pattern)
                .setEscape(pattern.contains("!") ? "!" : "")
                .setIgnoreCase(random.nextInt(3) == 0);
        return Condition.newBuilder().setLike(like).build();
    }

    private Condition existence(String field) {
        FieldPath path = FieldPath.newBuilder().setField(field).build();
        Condition.Builder condition = Condition.newBuilder();
        return random.nextBoolean()
                ? condition.setIsNull(path).build()
                : condition.setExists(path).build();
    }

    private Condition contains(String field, List<Value> values) {
        return Condition.newBuilder()
                .setContains(Contains.newBuilder()
                        .setField(field)
                        .setMode(random.nextBoolean() ? Contains.Mode.ALL : Contains.Mode.ANY)
                        .addAllValues(values))
                .build();
    }
}
