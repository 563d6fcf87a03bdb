package io.vectordb.query;

import io.vectordb.schema.CollectionSchema;
import io.vectordb.v1.Field;
import io.vectordb.v1.Fields;
import io.vectordb.v1.ListValue;
import io.vectordb.v1.Schema;
import io.vectordb.v1.Value;
import java.util.stream.Stream;

/** Schemas and values for tests. */
final class Fixtures {

    /** Refuses names it does not declare. */
    static final CollectionSchema STRICT = schema(Schema.Dynamic.REJECT);

    static final CollectionSchema DYNAMIC = schema(Schema.Dynamic.ALLOW);

    private Fixtures() {}

    private static CollectionSchema schema(Schema.Dynamic dynamic) {
        Field items = field("items", "object[]").toBuilder()
                .addFields(field("unit", "keyword"))
                .addFields(field("amount", "decimal(38,6)"))
                .addFields(field("tags", "keyword[]"))
                .build();
        Field fact = field("us-gaap:Revenues", "object").toBuilder()
                .addFields(field("value", "float64"))
                .addFields(field("As Of", "date"))
                .build();
        Schema.Builder schema = Schema.newBuilder()
                .setKind(Schema.Kind.DOCUMENT)
                .setDynamic(dynamic)
                .addPrimaryKey("id");
        Stream.of(
                        "id keyword",
                        "form keyword",
                        "company keyword",
                        "text text",
                        "fiscal_year int32",
                        "count int64",
                        "score float64",
                        "value decimal(38,6)",
                        "flag bool",
                        "filed date",
                        "seen timestamp",
                        "cik keyword",
                        "dimensions json",
                        "hq geo_point",
                        "text_vec vector(3)",
                        "tags keyword[]",
                        "years int32[]",
                        "order keyword",
                        "Case keyword",
                        "CASE keyword",
                        "user keyword",
                        "period date",
                        "section keyword",
                        "accession keyword",
                        "high int32",
                        "low int32")
                .map(line -> line.split(" "))
                .forEach(parts -> schema.addFields(field(parts[0], parts[1])));
        return CollectionSchema.of(schema.addFields(items).addFields(fact).build(), 1);
    }

    private static Field field(String name, String type) {
        return Field.newBuilder().setName(name).setType(type).build();
    }

    static Value text(String text) {
        return Values.of(text);
    }

    static Value integer(long value) {
        return Value.newBuilder().setIntValue(value).build();
    }

    static Value floating(double value) {
        return Value.newBuilder().setFloatValue(value).build();
    }

    static Value decimal(String digits) {
        return Value.newBuilder().setDecimalValue(digits).build();
    }

    static Value timestamp(long seconds, int nanos) {
        return Value.newBuilder()
                .setTimestampValue(com.google.protobuf.Timestamp.newBuilder()
                        .setSeconds(seconds)
                        .setNanos(nanos))
                .build();
    }

    static Value list(Value... items) {
        return Value.newBuilder()
                .setListValue(ListValue.newBuilder().addAllItems(java.util.List.of(items)))
                .build();
    }

    static Value object(Fields fields) {
        return Value.newBuilder().setObjectValue(fields).build();
    }

    /** Names and values in turn. */
    static Fields row(Object... namesAndValues) {
        Fields.Builder row = Fields.newBuilder();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            row.putValues((String) namesAndValues[i], (Value) namesAndValues[i + 1]);
        }
        return row.build();
    }
}
