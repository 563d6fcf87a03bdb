package io.vectordb.schema;

import static io.vectordb.schema.TestValues.compiled;
import static io.vectordb.schema.TestValues.embedded;
import static io.vectordb.schema.TestValues.field;
import static io.vectordb.schema.TestValues.object;
import static io.vectordb.schema.TestValues.strict;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectordb.common.VectorDbException;
import io.vectordb.v1.Schema;
import org.junit.jupiter.api.Test;

class CollectionSchemaTest {

    private final CollectionSchema schema = compiled(
            field("id", "keyword"),
            field("Form", "keyword"),
            field("Name", "keyword"),
            field("NAME", "keyword"),
            object("hq", "object", field("city", "keyword")),
            embedded("body", "body_vec", "mini"));

    @Test
    void findsFieldsBySpellingAndWhereItIsClearByCase() {
        assertThat(schema.field("Form")).isPresent();
        assertThat(schema.field("form")).isEmpty();
        assertThat(schema.fieldIgnoringCase("form")).map(SchemaField::name).contains("Form");
        assertThat(schema.fieldIgnoringCase("NAME")).map(SchemaField::name).contains("NAME");
        assertThat(schema.fieldIgnoringCase("name")).isEmpty();
        assertThat(schema.nearNames("from")).containsExactly("Form");
    }

    @Test
    void knowsKeyVectorsAndEmbeds() {
        assertThat(schema.keyField().name()).isEqualTo("id");
        assertThat(schema.keyField().notNull()).isTrue();
        assertThat(schema.vectorFields()).extracting(SchemaField::name).containsExactly("body_vec");
        assertThat(schema.embeds()).containsExactly(new EmbedRule("body", "body_vec", "mini"));
        assertThat(schema.field("hq").orElseThrow().field("city")).isPresent();
        assertThat(schema.dynamic()).isTrue();
        assertThat(strict(field("id", "keyword")).dynamic()).isFalse();
    }

    @Test
    void keepsWhatItWasMadeOf() {
        assertThat(CollectionSchema.of(schema.proto(), 7).version()).isEqualTo(7);
        assertThat(CollectionSchema.of(schema.proto(), 7).proto()).isEqualTo(schema.proto());
    }

    @Test
    void refusesSchemasWithoutTheirKeyColumn() {
        Schema none = Schema.newBuilder().addFields(field("id", "keyword")).build();
        assertThatThrownBy(() -> CollectionSchema.of(none, 1)).isInstanceOf(VectorDbException.class);
        Schema other = none.toBuilder().addPrimaryKey("key").build();
        assertThatThrownBy(() -> CollectionSchema.of(other, 1)).isInstanceOf(VectorDbException.class);
    }
}
