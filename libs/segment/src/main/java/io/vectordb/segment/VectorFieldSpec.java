package io.vectordb.segment;

import io.vectordb.schema.CollectionSchema;
import io.vectordb.schema.FieldType;
import io.vectordb.v1.VectorOptions;
import io.vectordb.vectorindex.HnswParameters;
import io.vectordb.vectorindex.Metric;
import io.vectordb.vectorindex.Quantization;
import java.util.ArrayList;
import java.util.List;

/** A vector field as a segment indexes it. */
public record VectorFieldSpec(
        String name, Metric metric, int dimension, HnswParameters parameters, Quantization quantization) {

    /** The seed of the graphs' levels: fixed, so that equal feeds give equal graphs. */
    private static final long SEED = 42;

    /** The vector fields of a collection. */
    public static List<VectorFieldSpec> of(CollectionSchema schema) {
        List<VectorFieldSpec> specs = new ArrayList<>();
        schema.vectorFields().forEach(field -> {
            if (field.type() instanceof FieldType.VectorType(int dimension)) {
                VectorOptions options = field.vector().orElseGet(VectorOptions::getDefaultInstance);
                specs.add(new VectorFieldSpec(
                        field.name(),
                        metric(options.getMetric()),
                        dimension,
                        new HnswParameters(options.getM(), options.getEfConstruction(), SEED),
                        quantization(options.getQuantization())));
            }
        });
        return specs;
    }

    private static Quantization quantization(VectorOptions.Quantization quantization) {
        return switch (quantization) {
            case NONE -> Quantization.NONE;
            case INT8 -> Quantization.INT8;
            case BINARY -> Quantization.BINARY;
            case INT4, FLOAT16, QUANTIZATION_UNSPECIFIED, UNRECOGNIZED -> Quantization.INT4;
        };
    }

    private static Metric metric(VectorOptions.Metric metric) {
        return switch (metric) {
            case DOT -> Metric.DOT;
            case L2 -> Metric.L2;
            case COSINE, METRIC_UNSPECIFIED, UNRECOGNIZED -> Metric.COSINE;
        };
    }
}
