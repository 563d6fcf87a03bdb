package io.vectordb.schema;

import static io.vectordb.schema.TestValues.bool;
import static io.vectordb.schema.TestValues.compiled;
import static io.vectordb.schema.TestValues.decimal;
import static io.vectordb.schema.TestValues.field;
import static io.vectordb.schema.TestValues.fields;
import static io.vectordb.schema.TestValues.integer;
import static io.vectordb.schema.TestValues.list;
import static io.vectordb.schema.TestValues.nothing;
import static io.vectordb.schema.TestValues.number;
import static io.vectordb.schema.TestValues.object;
import static io.vectordb.schema.TestValues.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.common.VectorDbException;
import io.vectordb.testkit.Seeds;
import io.vectordb.v1.Fields;
import io.vectordb.v1.RecordKey;
import io.vectordb.v1.Schema;
import io.vectordb.v1.Value;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Random records and keys. */
class CoercionRandomizedTest {

    private static final int RECORDS = 20_000;

    private final CollectionSchema schema = compiled(
            field("id", "keyword"),
            field("i", "int32"),
            field("l", "int64"),
            field("f", "float64"),
            field("d", "decimal(12,3)"),
            field("b", "bool"),
            field("day", "date"),
            field("at", "timestamp"),
            field("geo", "geo_point"),
            field("v", "vector(2)"),
            field("tags", "keyword[]"),
            field("days", "date[]"),
            field("j", "json"),
            TestValues.object("o", "object", field("n", "int32"), field("day", "date")));

    private final Random random = Seeds.random(CoercionRandomizedTest.class);

    @Test
    void coercingWhatWasCoercedChangesNothing() {
        int accepted = 0;
        for (int n = 0; n < RECORDS; n++) {
            Fields record = record();
            Coerced once;
            try {
                once = RecordCoercion.coerce(schema, record);
            } catch (VectorDbException refused) {
                assertThat(refused.violations()).isNotEmpty();
                continue;
            }
            accepted++;
            Schema grown =
                    schema.proto().toBuilder().addAllFields(once.newFields()).build();
            Coerced twice = RecordCoercion.coerce(CollectionSchema.of(grown, 2), once.fields());
            assertThat(twice.fields()).as("%s", record).isEqualTo(once.fields());
            assertThat(twice.key()).isEqualTo(once.key());
            assertThat(twice.newFields()).isEmpty();
            assertThat(RecordCoercion.coerce(schema, once.fields())).isEqualTo(once);
        }
        assertThat(accepted).isGreaterThan(RECORDS / 20);
    }

    @Test
    void bytesOfKeysHaveTheOrderOfTheKeys() {
        for (int n = 0; n < 100_000; n++) {
            RecordKey one = key();
            RecordKey other = key();
            byte[] a = RecordKeys.encode(one);
            byte[] b = RecordKeys.encode(other);
            assertThat(RecordKeys.decode(a)).isEqualTo(one);
            int order = expected(one, other);
            assertThat(Integer.signum(Arrays.compareUnsigned(a, b))).isEqualTo(order);
            assertThat(Integer.signum(RecordKeys.ORDER.compare(one, other))).isEqualTo(order);
        }
    }

    private static int expected(RecordKey one, RecordKey other) {
        if (one.hasIntKey() != other.hasIntKey()) {
            return one.hasIntKey() ? -1 : 1;
        }
        return one.hasIntKey()
                ? Long.compare(one.getIntKey(), other.getIntKey())
                : Integer.signum(Arrays.compare(
                        one.getStringKey().codePoints().toArray(),
                        other.getStringKey().codePoints().toArray()));
    }

    private RecordKey key() {
        if (random.nextBoolean()) {
            return RecordKeys.ofInt(random.nextLong() >> random.nextInt(64));
        }
        int[] alphabet = {0, 'a', 'b', 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x10ffff};
        int[] codePoints = random.ints(1 + random.nextInt(4), 0, alphabet.length)
                .map(i -> alphabet[i])
                .toArray();
        return RecordKeys.ofString(new String(codePoints, 0, codePoints.length));
    }

    private Fields record() {
        Fields.Builder record = fields("id", text("k" + random.nextInt(100))).toBuilder();
        for (SchemaField field : schema.fields()) {
            if (random.nextInt(4) == 0 && !field.name().equals("id")) {
                record.putValues(field.name(), random.nextInt(8) == 0 ? any(0) : likely(field));
            }
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            record.putValues("dynamic" + random.nextInt(3), any(0));
        }
        return record.build();
    }

    private Value likely(SchemaField field) {
        return switch (field.name()) {
            case "i", "l", "f", "d" -> scalarNumber();
            case "b" -> bool(random.nextBoolean());
            case "day" -> day();
            case "at" ->
                text(day().getStringValue() + "T0" + random.nextInt(10) + ":00:00." + random.nextInt(1_000) + "+02:00");
            case "geo" -> object("lat", number(random.nextDouble() * 90), "lon", integer(random.nextInt(180)));
            case "v" -> list(scalarNumber(), number(random.nextGaussian()));
            case "tags" -> items(() -> text("t" + random.nextInt()));
            case "days" -> items(this::day);
            case "o" -> object("n", integer(random.nextInt()), "day", day(), "rest", any(1));
            default -> any(0);
        };
    }

    private Value scalarNumber() {
        return switch (random.nextInt(5)) {
            case 0 -> integer(random.nextLong() >> random.nextInt(64));
            case 1 -> number(random.nextGaussian() * 1_000);
            case 2 -> decimal(random.nextInt(10_000) + "." + random.nextInt(1_000));
            case 3 -> decimal((random.nextInt(200) - 100) + "e" + (random.nextInt(40) - 20));
            default -> text(Integer.toString(random.nextInt()));
        };
    }

    private Value day() {
        return text(LocalDate.ofEpochDay(random.nextInt(100_000) - 50_000).toString());
    }

    private Value items(Supplier<Value> item) {
        List<Value> items = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            items.add(random.nextInt(10) == 0 ? nothing() : item.get());
        }
        return list(items.toArray(Value[]::new));
    }

    private Value any(int depth) {
        return switch (random.nextInt(depth > 3 ? 6 : 8)) {
            case 0 -> nothing();
            case 1 -> bool(random.nextBoolean());
            case 2, 3 -> scalarNumber();
            case 4 -> decimal("0." + Math.abs(random.nextLong()) + Math.abs(random.nextLong()));
            case 5 -> text("x" + random.nextInt(1_000));
            case 6 -> items(() -> any(depth + 1));
            default -> object("a", any(depth + 1), "b", any(depth + 1));
        };
    }
}
