package io.vectordb.schema;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.Limits;
import io.vectordb.common.VectorDbException;
import io.vectordb.common.Violation;
import io.vectordb.schema.FieldType.Int64;
import io.vectordb.schema.FieldType.Keyword;
import io.vectordb.v1.Field;
import io.vectordb.v1.Schema;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** One run of {@link Schemas#complete}: the fields one by one, then what lies between them. */
final class SchemaCompletion {

    private final Schema schema;
    private final ModelCatalog models;
    private final Problems problems = new Problems();

    SchemaCompletion(Schema schema, ModelCatalog models) {
        this.schema = schema;
        this.models = models;
    }

    Schema complete() {
        Schema.Builder complete = schema.toBuilder();
        completeKind(complete);
        FieldCompletion completion = new FieldCompletion(problems);
        List<Field> fields = new ArrayList<>();
        for (int i = 0; i < schema.getFieldsCount(); i++) {
            fields.add(completion.complete("schema.fields." + i, schema.getFields(i), true));
        }
        checkNames("schema.fields", fields);
        completeKey(fields);
        new EmbedCompletion(problems, models).complete(fields);
        checkCount(fields);
        throwIfAny();
        return complete.clearFields().addAllFields(fields).build();
    }

    private void completeKind(Schema.Builder complete) {
        switch (schema.getKind()) {
            case KIND_UNSPECIFIED, DOCUMENT -> complete.setKind(Schema.Kind.DOCUMENT);
            case RELATIONAL ->
                problems.add(
                        "schema.kind", ErrorCode.FEATURE_NOT_AVAILABLE, "relational collections are not available yet");
            case UNRECOGNIZED -> invalid("schema.kind", "there is no kind " + schema.getKindValue());
        }
        switch (schema.getDynamic()) {
            case DYNAMIC_UNSPECIFIED -> complete.setDynamic(Schema.Dynamic.ALLOW);
            case ALLOW, REJECT -> {}
            case UNRECOGNIZED ->
                invalid("schema.dynamic", "expected allow or reject, found " + schema.getDynamicValue());
        }
    }

    private void checkNames(String path, List<Field> fields) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < fields.size(); i++) {
            Field field = fields.get(i);
            if (!field.getName().isEmpty() && !seen.add(field.getName())) {
                invalid(path + "." + i + ".name", "the name " + Texts.shortened(field.getName()) + " stands twice");
            }
            checkNames(path + "." + i + ".fields", field.getFieldsList());
        }
    }

    private void completeKey(List<Field> fields) {
        if (schema.getPrimaryKeyCount() == 0) {
            invalid("schema.primary_key", "a primary key is needed: the name of one keyword or int64 field");
        } else if (schema.getPrimaryKeyCount() > 1) {
            problems.add(
                    "schema.primary_key",
                    ErrorCode.FEATURE_NOT_AVAILABLE,
                    "a key of several columns is not available yet, found " + schema.getPrimaryKeyCount());
        } else {
            completeKey(fields, schema.getPrimaryKey(0));
        }
    }

    private void completeKey(List<Field> fields, String name) {
        List<String> names = fields.stream().map(Field::getName).toList();
        int at = names.indexOf(name);
        if (at < 0) {
            problems.add(
                    "schema.primary_key.0",
                    ErrorCode.INVALID_SCHEMA,
                    "the key column " + Texts.shortened(name) + " is not declared",
                    NearNames.didYouMean(NearNames.of(name, names)));
            return;
        }
        Field key = fields.get(at);
        fields.set(at, key.toBuilder().setNotNull(true).build());
        FieldCompletion.typeOf(key).ifPresent(type -> {
            if (!(type instanceof Keyword) && !(type instanceof Int64)) {
                invalid("schema.primary_key.0", "a key is keyword or int64, " + name + " is " + type.word());
            }
        });
    }

    private void checkCount(List<Field> fields) {
        int count = count(fields);
        if (count > Limits.FIELDS) {
            invalid("schema.fields", "expected at most " + Limits.FIELDS + " fields, found " + count);
        }
    }

    /** How many fields these are, those of objects too. */
    private static int count(List<Field> fields) {
        return fields.size()
                + fields.stream()
                        .mapToInt(field -> count(field.getFieldsList()))
                        .sum();
    }

    private void invalid(String path, String message) {
        problems.add(path, ErrorCode.INVALID_SCHEMA, message);
    }

    /** What is wrong comes before what is not available, since the first violation gives the failure its code. */
    private void throwIfAny() {
        List<Violation> all = new ArrayList<>(problems.all());
        if (!all.isEmpty()) {
            all.sort(Comparator.comparing(violation -> violation.code() != ErrorCode.INVALID_SCHEMA));
            throw VectorDbException.of(all);
        }
    }
}
