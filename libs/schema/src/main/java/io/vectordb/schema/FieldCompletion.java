package io.vectordb.schema;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.schema.FieldType.ArrayType;
import io.vectordb.schema.FieldType.ObjectType;
import io.vectordb.schema.FieldType.Text;
import io.vectordb.schema.FieldType.VectorType;
import io.vectordb.v1.Field;
import io.vectordb.v1.TextOptions;
import io.vectordb.v1.VectorOptions;
import java.util.Optional;

/** Fills in the defaults of single fields and checks what can be told from one field alone. */
final class FieldCompletion {

    static final String STANDARD_ANALYZER = "standard";

    private static final int M = 16;
    private static final int M_LEAST = 2;
    private static final int M_MOST = 512;
    private static final int EF_CONSTRUCTION = 100;
    private static final int EF_LEAST = 4;
    private static final int EF_MOST = 10_000;

    private final Problems problems;

    FieldCompletion(Problems problems) {
        this.problems = problems;
    }

    /** The complete field of a type and no options. */
    static Field field(String name, FieldType type) {
        Field plain = Field.newBuilder().setName(name).setType(type.word()).build();
        return new FieldCompletion(new Problems()).complete("", plain, true);
    }

    /** The type of a field that may not be valid. */
    static Optional<FieldType> typeOf(Field field) {
        try {
            return Optional.of(FieldType.parse(field.getType()));
        } catch (VectorDbException noType) {
            return Optional.empty();
        }
    }

    Field complete(String path, Field field, boolean top) {
        Field.Builder complete = field.toBuilder();
        checkName(path + ".name", field.getName());
        switch (field.getIndexing()) {
            case INDEXING_UNSPECIFIED -> complete.setIndexing(Field.Indexing.INDEXED);
            case INDEXED, NOT_INDEXED -> {}
            case UNRECOGNIZED -> invalid(path + ".indexing", "expected indexed or not_indexed");
        }
        if (field.getType().isEmpty()) {
            invalid(path + ".type", "a field needs a type");
            return complete.build();
        }
        try {
            FieldType type = FieldType.parse(field.getType());
            complete.setType(type.word());
            completeOptions(path, complete, type, top);
        } catch (VectorDbException noType) {
            problems.addAll(path + ".type", noType);
        }
        return complete.build();
    }

    private void completeOptions(String path, Field.Builder field, FieldType type, boolean top) {
        if (type.single() instanceof Text) {
            completeText(path + ".text", field, type instanceof ArrayType || !top);
        } else if (field.hasText()) {
            invalid(path + ".text", "only a text has text options, this is " + type.word());
        }
        if (type instanceof VectorType) {
            completeVector(path + ".vector", field);
        } else if (field.hasVector()) {
            invalid(path + ".vector", "only a vector has vector options, this is " + type.word());
        }
        if (type instanceof VectorType && !top) {
            invalid(path + ".type", "a vector stands beside the other fields, not inside an object");
        }
        completeFields(path, field, type);
    }

    private void completeFields(String path, Field.Builder field, FieldType type) {
        if (field.getFieldsCount() > 0 && !(type.single() instanceof ObjectType)) {
            invalid(path + ".fields", "only an object has fields, this is " + type.word());
            return;
        }
        for (int i = 0; i < field.getFieldsCount(); i++) {
            field.setFields(i, complete(path + ".fields." + i, field.getFields(i), false));
        }
    }

    private void completeText(String path, Field.Builder field, boolean partial) {
        TextOptions.Builder text = field.getText().toBuilder();
        switch (text.getAnalyzer()) {
            case "" -> text.setAnalyzer(STANDARD_ANALYZER);
            case STANDARD_ANALYZER -> {}
            default ->
                problems.add(
                        path + ".analyzer",
                        ErrorCode.FEATURE_NOT_AVAILABLE,
                        "the analyzer " + Texts.shortened(text.getAnalyzer()) + " of the field " + field.getName()
                                + " is not available yet",
                        "write standard");
        }
        if (text.hasEmbed() && partial) {
            invalid(path + ".embed", "only a whole text is embedded, not one of an array or an object");
        }
        field.setText(text);
    }

    private void completeVector(String path, Field.Builder field) {
        VectorOptions.Builder vector = field.getVector().toBuilder();
        switch (vector.getMetric()) {
            case METRIC_UNSPECIFIED -> vector.setMetric(VectorOptions.Metric.COSINE);
            case COSINE, DOT, L2 -> {}
            case UNRECOGNIZED -> invalid(path + ".metric", "expected cosine, dot or l2");
        }
        switch (vector.getQuantization()) {
            case QUANTIZATION_UNSPECIFIED -> vector.setQuantization(VectorOptions.Quantization.INT4);
            case NONE, FLOAT16, INT8, BINARY, INT4 -> {}
            case UNRECOGNIZED -> invalid(path + ".quantization", "expected none, float16, int8, int4 or binary");
        }
        switch (vector.getGraph()) {
            case GRAPH_UNSPECIFIED -> vector.setGraph(VectorOptions.Graph.HNSW);
            case HNSW, FLAT -> {}
            case UNRECOGNIZED -> invalid(path + ".graph", "expected hnsw or flat");
        }
        vector.setM(range(path + ".m", vector.getM(), M, M_LEAST, M_MOST));
        vector.setEfConstruction(
                range(path + ".ef_construction", vector.getEfConstruction(), EF_CONSTRUCTION, EF_LEAST, EF_MOST));
        field.setVector(vector);
    }

    private int range(String path, int value, int unset, int least, int most) {
        int complete = value == 0 ? unset : value;
        if (complete < least || complete > most) {
            invalid(path, "expected " + least + " to " + most + ", received " + value);
        }
        return complete;
    }

    private void checkName(String path, String name) {
        FieldNames.fault(name).ifPresent(fault -> invalid(path, fault));
    }

    private void invalid(String path, String message) {
        problems.add(path, ErrorCode.INVALID_SCHEMA, message);
    }
}
