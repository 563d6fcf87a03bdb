package io.vectordb.schema;

import io.vectordb.v1.Embed;
import io.vectordb.v1.Field;
import io.vectordb.v1.VectorOptions;
import java.util.List;
import java.util.Optional;

/**
 * A field of a compiled schema.
 *
 * @param name unique among its siblings
 * @param type what its values are
 * @param notNull whether it must be there, and not null
 * @param indexed whether filters may use an index of it
 * @param vector of a vector, complete; else absent
 * @param embed of a text that the server turns into a vector
 * @param fields the declared fields of an object, or of each object of an array; else empty
 */
public record SchemaField(
        String name,
        FieldType type,
        boolean notNull,
        boolean indexed,
        Optional<VectorOptions> vector,
        Optional<Embed> embed,
        List<SchemaField> fields) {

    public SchemaField {
        fields = List.copyOf(fields);
    }

    /** The declared field of this object that is spelt exactly so. */
    public Optional<SchemaField> field(String name) {
        return fields.stream().filter(field -> field.name().equals(name)).findFirst();
    }

    static SchemaField of(Field field) {
        boolean embeds = field.hasText() && field.getText().hasEmbed();
        return new SchemaField(
                field.getName(),
                FieldType.parse(field.getType()),
                field.getNotNull(),
                field.getIndexing() != Field.Indexing.NOT_INDEXED,
                field.hasVector() ? Optional.of(field.getVector()) : Optional.empty(),
                embeds ? Optional.of(field.getText().getEmbed()) : Optional.empty(),
                field.getFieldsList().stream().map(SchemaField::of).toList());
    }
}
