package io.vectordb.schema;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.schema.FieldType.VectorType;
import io.vectordb.v1.Schema;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A complete schema, compiled for lookups: made once per collection and schema version and kept.
 *
 * <p>Immutable: any number of threads may use it at once.
 */
public final class CollectionSchema {

    private final Schema proto;
    private final int version;
    private final Map<String, SchemaField> byName;
    /** Empty where several names are equal but for case. */
    private final Map<String, Optional<SchemaField>> byLowerCase;

    private final List<SchemaField> fields;
    private final int declaredCount;
    private final SchemaField keyField;
    private final List<SchemaField> vectorFields;
    private final List<EmbedRule> embeds;

    private CollectionSchema(Schema proto, int version) {
        this.proto = proto;
        this.version = version;
        this.fields = proto.getFieldsList().stream().map(SchemaField::of).toList();
        this.declaredCount = count(fields);
        this.byName = new LinkedHashMap<>();
        this.byLowerCase = new LinkedHashMap<>();
        for (SchemaField field : fields) {
            byName.put(field.name(), field);
            byLowerCase.merge(lower(field.name()), Optional.of(field), (one, other) -> Optional.empty());
        }
        this.keyField = keyField(proto, byName);
        this.vectorFields = fields.stream()
                .filter(field -> field.type() instanceof VectorType)
                .toList();
        this.embeds = fields.stream()
                .flatMap(field -> field.embed().stream()
                        .map(embed -> new EmbedRule(field.name(), embed.getInto(), embed.getModel())))
                .toList();
    }

    /**
     * Compiles a schema.
     *
     * @param completeSchema one that {@link Schemas#complete} made
     * @param version its version in its collection
     * @throws VectorDbException INVALID_SCHEMA where a type is no type or the key column is not declared
     */
    public static CollectionSchema of(Schema completeSchema, int version) {
        return new CollectionSchema(completeSchema, version);
    }

    public int version() {
        return version;
    }

    public Schema proto() {
        return proto;
    }

    /** Whether fields that are not declared are taken, and then declared. */
    public boolean dynamic() {
        return proto.getDynamic() == Schema.Dynamic.ALLOW;
    }

    /** The field that is spelt exactly so. */
    public Optional<SchemaField> field(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** The field that is spelt exactly so, else the only one that is equal but for case. */
    public Optional<SchemaField> fieldIgnoringCase(String name) {
        return field(name).or(() -> byLowerCase.getOrDefault(lower(name), Optional.empty()));
    }

    /** All fields as declared, in that order. */
    public List<SchemaField> fields() {
        return fields;
    }

    /** The column of the primary key. */
    public SchemaField keyField() {
        return keyField;
    }

    public List<SchemaField> vectorFields() {
        return vectorFields;
    }

    public List<EmbedRule> embeds() {
        return embeds;
    }

    /** At most three fields whose names are near to {@code wrong}, the nearest first. */
    public List<String> nearNames(String wrong) {
        return NearNames.of(wrong, byName.keySet());
    }

    Set<String> names() {
        return Collections.unmodifiableSet(byName.keySet());
    }

    /** How many fields are declared, those of objects too. */
    int declaredCount() {
        return declaredCount;
    }

    private static int count(List<SchemaField> fields) {
        return fields.size()
                + fields.stream().mapToInt(field -> count(field.fields())).sum();
    }

    private static SchemaField keyField(Schema proto, Map<String, SchemaField> byName) {
        if (proto.getPrimaryKeyCount() != 1) {
            throw new VectorDbException(
                    ErrorCode.INVALID_SCHEMA,
                    "expected a primary key of one column, found " + proto.getPrimaryKeyCount());
        }
        SchemaField key = byName.get(proto.getPrimaryKey(0));
        if (key == null) {
            throw new VectorDbException(
                    ErrorCode.INVALID_SCHEMA, "the key column " + proto.getPrimaryKey(0) + " is not declared");
        }
        return key;
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
