package io.vectordb.schema;

import static io.vectordb.schema.TestValues.MODELS;
import static io.vectordb.schema.TestValues.code;
import static io.vectordb.schema.TestValues.embedded;
import static io.vectordb.schema.TestValues.field;
import static io.vectordb.schema.TestValues.object;
import static io.vectordb.schema.TestValues.schema;
import static io.vectordb.schema.TestValues.violation;
import static io.vectordb.schema.TestValues.violations;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.Violation;
import io.vectordb.v1.Field;
import io.vectordb.v1.Schema;
import io.vectordb.v1.TextOptions;
import io.vectordb.v1.VectorOptions;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SchemasTest {

    private static final Field ID = field("id", "keyword");

    private static Schema complete(Field... fields) {
        return Schemas.complete(schema(fields), MODELS);
    }

    @Test
    void fillsInEveryDefault() {
        Schema complete = complete(field("id", "VARCHAR"), field("body", "text"), field("v", "vector(3)"));
        assertThat(complete.getKind()).isEqualTo(Schema.Kind.DOCUMENT);
        assertThat(complete.getDynamic()).isEqualTo(Schema.Dynamic.ALLOW);
        assertThat(complete.getFieldsList()).allMatch(field -> field.getIndexing() == Field.Indexing.INDEXED);
        assertThat(complete.getFields(0).getType()).isEqualTo("keyword");
        assertThat(complete.getFields(0).getNotNull()).isTrue();
        assertThat(complete.getFields(0).hasText()).isFalse();
        assertThat(complete.getFields(1).getText().getAnalyzer()).isEqualTo("standard");
        assertThat(complete.getFields(2).getVector())
                .isEqualTo(VectorOptions.newBuilder()
                        .setMetric(VectorOptions.Metric.COSINE)
                        .setQuantization(VectorOptions.Quantization.INT4)
                        .setGraph(VectorOptions.Graph.HNSW)
                        .setM(16)
                        .setEfConstruction(100)
                        .build());
    }

    @Test
    void completingTwiceChangesNothing() {
        Schema once = complete(
                ID,
                embedded("body", "vec", "mini"),
                object("hq", "object[]", field("note", "TEXT"), field("at", "DATE")));
        assertThat(Schemas.complete(once, MODELS)).isEqualTo(once);
    }

    @Test
    void keepsWhatWasAskedFor() {
        VectorOptions asked = VectorOptions.newBuilder()
                .setMetric(VectorOptions.Metric.L2)
                .setQuantization(VectorOptions.Quantization.INT8)
                .setGraph(VectorOptions.Graph.FLAT)
                .setM(32)
                .setEfConstruction(200)
                .build();
        Field vector = field("v", "vector(3)").toBuilder()
                .setVector(asked)
                .setIndexing(Field.Indexing.NOT_INDEXED)
                .setDescription("why")
                .build();
        assertThat(complete(ID, vector).getFields(1)).isEqualTo(vector);
    }

    @Test
    void declaresTheVectorThatATextIsEmbeddedInto() {
        Schema complete = complete(ID, embedded("body", "vec", "mini"));
        assertThat(complete.getFields(2).getName()).isEqualTo("vec");
        assertThat(complete.getFields(2).getType()).isEqualTo("vector(3)");
        assertThat(complete.getFields(2).getVector().getM()).isEqualTo(16);
        assertThat(complete(ID, embedded("body", "vec", "mini"), field("vec", "vector(3)"))
                        .getFieldsCount())
                .isEqualTo(3);
    }

    @Test
    void tellsAllViolationsAtOnceWithTheirPaths() {
        Schema schema = schema(
                        ID,
                        field("_x", "keyword"),
                        field("a", "keywrod"),
                        field("a", "int32"),
                        object("o", "object", field("", "date"), field("v", "vector(3)")))
                .toBuilder()
                .addPrimaryKey("a")
                .build();
        assertThat(violations(() -> Schemas.complete(schema, MODELS)))
                .extracting(Violation::path)
                .containsExactly(
                        "schema.fields.1.name",
                        "schema.fields.2.type",
                        "schema.fields.4.fields.0.name",
                        "schema.fields.4.fields.1.type",
                        "schema.fields.3.name",
                        "schema.primary_key");
        assertThat(code(() -> Schemas.complete(schema, MODELS))).isEqualTo(ErrorCode.INVALID_SCHEMA);
    }

    @ParameterizedTest
    @ValueSource(strings = {"int32", "text", "vector(3)", "keyword[]", "json", "date", "bool"})
    void keysAreKeywordOrInt64(String type) {
        Violation violation = violation(() -> complete(field("id", type)));
        assertThat(violation.path()).isEqualTo("schema.primary_key.0");
        assertThat(violation.message()).isEqualTo("a key is keyword or int64, id is " + type);
        assertThat(complete(field("id", "bigint")).getPrimaryKey(0)).isEqualTo("id");
    }

    @Test
    void keyIsOneDeclaredColumn() {
        Schema none = Schema.newBuilder().addFields(ID).build();
        assertThat(violation(() -> Schemas.complete(none, MODELS)).path()).isEqualTo("schema.primary_key");
        Schema other = none.toBuilder().addPrimaryKey("ids").build();
        assertThat(violation(() -> Schemas.complete(other, MODELS)).hint()).isEqualTo("did you mean id?");
        Schema two = other.toBuilder().addPrimaryKey("id").build();
        assertThat(violation(() -> Schemas.complete(two, MODELS)).code()).isEqualTo(ErrorCode.FEATURE_NOT_AVAILABLE);
    }

    @Test
    void namesAreAnyTextOfAtMost256Bytes() {
        assertThat(complete(ID, field("ä".repeat(128), "date"), field("us-gaap:Revenues", "json"), field("ID", "date"))
                        .getFieldsCount())
                .isEqualTo(4);
        assertThat(violation(() -> complete(ID, field("ä".repeat(128) + "b", "date")))
                        .message())
                .isEqualTo("expected a name of at most 256 bytes, received 257");
        assertThat(violation(() -> complete(ID, field("\ud800", "date"))).message())
                .contains("surrogate");
        assertThat(violation(() -> complete(ID, field("x", ""))).path()).isEqualTo("schema.fields.1.type");
    }

    @Test
    void atMostAThousandFields() {
        Field[] fields = IntStream.rangeClosed(0, 1_000)
                .mapToObj(i -> field("f" + i, "keyword"))
                .toArray(Field[]::new);
        assertThat(violation(() -> complete(fields)).message()).isEqualTo("expected at most 1000 fields, found 1001");
        Field[] inside = Arrays.copyOf(fields, 999);
        assertThat(violation(() -> complete(ID, object("o", "object", inside))).path())
                .isEqualTo("schema.fields");
    }

    @ParameterizedTest
    @CsvSource({"1, 100, m", "513, 100, m", "16, 3, ef_construction", "16, 10001, ef_construction", "-1, 100, m"})
    void graphParametersHaveLimits(int m, int efConstruction, String path) {
        Field vector = field("v", "vector(3)").toBuilder()
                .setVector(VectorOptions.newBuilder().setM(m).setEfConstruction(efConstruction))
                .build();
        assertThat(violation(() -> complete(ID, vector)).path()).isEqualTo("schema.fields.1.vector." + path);
    }

    @ParameterizedTest
    @ValueSource(strings = {"english", "filing"})
    void otherAnalyzersAreNotAvailable(String analyzer) {
        Field text = field("body", "text").toBuilder()
                .setText(TextOptions.newBuilder().setAnalyzer(analyzer))
                .build();
        Violation violation = violation(() -> complete(ID, text));
        assertThat(violation.code()).isEqualTo(ErrorCode.FEATURE_NOT_AVAILABLE);
        assertThat(violation.path()).isEqualTo("schema.fields.1.text.analyzer");
        assertThat(violation.message()).contains(analyzer).contains("body");
    }

    @Test
    void optionsStandOnlyWhereTheyMeanSomething() {
        Field text = ID.toBuilder().setText(TextOptions.newBuilder()).build();
        assertThat(violation(() -> complete(text)).path()).isEqualTo("schema.fields.0.text");
        Field vector = ID.toBuilder().setVector(VectorOptions.newBuilder()).build();
        assertThat(violation(() -> complete(vector)).path()).isEqualTo("schema.fields.0.vector");
        assertThat(violation(() -> complete(object("id", "keyword", field("a", "date"))))
                        .path())
                .isEqualTo("schema.fields.0.fields");
    }

    @Test
    void embedsGoIntoOneVectorOfTheModelsDimension() {
        assertThat(violation(() -> complete(ID, embedded("b", "id", "mini"))).message())
                .isEqualTo("expected a vector, id is keyword");
        Violation dimension = violation(() -> complete(ID, embedded("b", "v", "mini"), field("v", "vector(4)")));
        assertThat(dimension.message()).isEqualTo("mini makes 3 dimensions, v has 4");
        assertThat(dimension.hint()).isEqualTo("write vector(3)");
        assertThat(violation(() -> complete(ID, embedded("b", "v", "mini"), embedded("c", "v", "mini")))
                        .path())
                .isEqualTo("schema.fields.2.text.embed.into");
        assertThat(violation(() -> complete(ID, embedded("b", "", "mini"))).path())
                .isEqualTo("schema.fields.1.text.embed.into");
        assertThat(violation(() -> complete(ID, embedded("b", "_v", "mini"))).path())
                .isEqualTo("schema.fields.1.text.embed.into");
    }

    @Test
    void unknownModelsAreRefusedWithTheKnownOnes() {
        Violation violation = violation(() -> complete(ID, embedded("b", "v", "mimi")));
        assertThat(violation.path()).isEqualTo("schema.fields.1.text.embed.model");
        assertThat(violation.message()).isEqualTo("there is no model mimi; known: mini");
        assertThat(violation.hint()).isEqualTo("did you mean mini?");
    }

    @Test
    void onlyWholeTextsAreEmbedded() {
        Field texts = embedded("b", "v", "mini").toBuilder().setType("text[]").build();
        assertThat(violation(() -> complete(ID, texts)).path()).isEqualTo("schema.fields.1.text.embed");
        Field inside = object("o", "object", embedded("b", "v", "mini"));
        assertThat(violation(() -> complete(ID, inside)).path()).isEqualTo("schema.fields.1.fields.0.text.embed");
    }

    @Test
    void whatIsWrongComesBeforeWhatIsNotAvailable() {
        Schema schema = schema(ID, field("a", "bytes"), field("b", "nonsense"));
        assertThat(violations(() -> Schemas.complete(schema, MODELS)))
                .extracting(Violation::code)
                .containsExactly(ErrorCode.INVALID_SCHEMA, ErrorCode.FEATURE_NOT_AVAILABLE);
        Schema relational =
                schema(ID).toBuilder().setKind(Schema.Kind.RELATIONAL).build();
        assertThat(code(() -> Schemas.complete(relational, MODELS))).isEqualTo(ErrorCode.FEATURE_NOT_AVAILABLE);
    }

    @Test
    void enumsOfNewerClientsAreRefused() {
        Schema schema =
                schema(ID).toBuilder().setKindValue(9).setDynamicValue(9).build();
        assertThat(violations(() -> Schemas.complete(schema, MODELS))).hasSize(2);
        Field vector = field("v", "vector(3)").toBuilder()
                .setIndexingValue(9)
                .setVector(VectorOptions.newBuilder()
                        .setMetricValue(9)
                        .setGraphValue(9)
                        .setQuantizationValue(9))
                .build();
        assertThat(violations(() -> complete(ID, vector))).hasSize(4);
    }
}
