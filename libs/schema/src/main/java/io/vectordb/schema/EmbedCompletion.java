package io.vectordb.schema;

import io.vectordb.common.ErrorCode;
import io.vectordb.schema.FieldType.VectorType;
import io.vectordb.v1.Embed;
import io.vectordb.v1.Field;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Checks the texts that are embedded and declares the vectors they go into. */
final class EmbedCompletion {

    private final Problems problems;
    private final ModelCatalog models;
    /** The text of each vector, since two texts cannot fill one. */
    private final Map<String, String> textByVector = new HashMap<>();

    EmbedCompletion(Problems problems, ModelCatalog models) {
        this.problems = problems;
        this.models = models;
    }

    /** Adds the vectors that are missing at the end of {@code fields}. */
    void complete(List<Field> fields) {
        int declared = fields.size();
        for (int i = 0; i < declared; i++) {
            Field field = fields.get(i);
            if (field.hasText() && field.getText().hasEmbed()) {
                complete("schema.fields." + i + ".text.embed", field, fields);
            }
        }
    }

    private void complete(String path, Field text, List<Field> fields) {
        Embed embed = text.getText().getEmbed();
        OptionalInt dimension = dimension(path + ".model", embed.getModel());
        String into = embed.getInto();
        if (into.isEmpty()) {
            invalid(path + ".into", "the vector field to embed into is not named", "");
            return;
        }
        String other = textByVector.putIfAbsent(into, text.getName());
        if (other != null) {
            invalid(path + ".into", into + " is filled from " + other + " already", "");
            return;
        }
        fields.stream()
                .filter(field -> field.getName().equals(into))
                .findFirst()
                .ifPresentOrElse(
                        vector -> check(path + ".into", vector, embed.getModel(), dimension),
                        () -> declare(path + ".into", into, dimension, fields));
    }

    private void check(String path, Field vector, String model, OptionalInt dimension) {
        FieldCompletion.typeOf(vector).ifPresent(type -> {
            if (!(type instanceof VectorType(int declared))) {
                invalid(path, "expected a vector, " + vector.getName() + " is " + type.word(), "");
            } else if (dimension.isPresent() && dimension.getAsInt() != declared) {
                invalid(
                        path,
                        model + " makes " + dimension.getAsInt() + " dimensions, " + vector.getName() + " has "
                                + declared,
                        "write vector(" + dimension.getAsInt() + ")");
            }
        });
    }

    private void declare(String path, String name, OptionalInt dimension, List<Field> fields) {
        FieldNames.fault(name).ifPresent(fault -> invalid(path, fault, ""));
        dimension.ifPresent(d -> fields.add(FieldCompletion.field(name, new VectorType(d))));
    }

    private OptionalInt dimension(String path, String model) {
        OptionalInt dimension = models.dimension(model);
        if (dimension.isEmpty()) {
            String known =
                    models.models().isEmpty() ? "this server has none" : "known: " + String.join(", ", models.models());
            String message = model.isEmpty() ? "a model is needed" : "there is no model " + Texts.shortened(model);
            invalid(path, message + "; " + known, NearNames.didYouMean(NearNames.of(model, models.models())));
        }
        return dimension;
    }

    private void invalid(String path, String message, String hint) {
        problems.add(path, ErrorCode.INVALID_SCHEMA, message, hint);
    }
}
