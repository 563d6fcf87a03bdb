package io.vectordb.schema;

import com.google.protobuf.ByteString;
import io.vectordb.common.VectorDbException;
import io.vectordb.schema.FieldType.VectorType;
import io.vectordb.v1.Value;
import io.vectordb.v1.Vector;
import io.vectordb.v1.VectorOptions;

/** Vectors that a search brings along, held to the same rules as those of records. */
public final class QueryVectors {

    private QueryVectors() {}

    /**
     * The vector in its canonical form, as float32 little-endian.
     *
     * @param type of the field that it is compared with
     * @throws VectorDbException {@code DIMENSION_MISMATCH}, {@code NON_FINITE_VECTOR}, {@code ZERO_VECTOR}, with the path
     *     {@code query.nearest.vector}
     */
    public static ByteString coerce(SchemaField field, VectorType type, Vector vector) {
        Problems problems = new Problems();
        At at = At.root(problems).in("query").in("nearest").in("vector");
        VectorOptions.Metric metric =
                field.vector().map(VectorOptions::getMetric).orElse(VectorOptions.Metric.COSINE);
        Value coerced = new VectorCoercion(at, type, metric)
                .coerce(Value.newBuilder().setVectorValue(vector).build());
        if (coerced == null) {
            throw VectorDbException.of(problems.all());
        }
        return coerced.getVectorValue().getFloat32Le();
    }
}
