package io.vectordb.segment;

import io.vectordb.schema.RecordKeys;
import io.vectordb.v1.Compare;
import io.vectordb.v1.Condition;
import io.vectordb.v1.Fields;
import io.vectordb.v1.RecordKey;
import io.vectordb.v1.Value;
import io.vectordb.v1.Vector;
import io.vectordb.vectorindex.HnswParameters;
import io.vectordb.vectorindex.MemoryBudget;
import io.vectordb.vectorindex.Metric;
import io.vectordb.vectorindex.Quantization;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;

/** Small records as a feed brings them. */
final class TestRecords {

    static final BooleanSupplier NEVER = () -> false;

    private TestRecords() {}

    static VectorFieldSpec spec(String name, Metric metric, int dimension) {
        return new VectorFieldSpec(name, metric, dimension, new HnswParameters(8, 40, 1), Quantization.INT4);
    }

    static ShardIndex segment(VectorFieldSpec... specs) {
        return new ShardIndex(List.of(specs), MemoryBudget.unlimited());
    }

    static RecordKey key(int number) {
        return RecordKeys.ofString("k" + number);
    }

    static Value number(long number) {
        return Value.newBuilder().setIntValue(number).build();
    }

    static Value vector(float... components) {
        return Value.newBuilder()
                .setVectorValue(Vector.newBuilder().setFloat32Le(VectorBytes.encode(components)))
                .build();
    }

    static Fields record(long n, String field, float... vector) {
        return Fields.newBuilder()
                .putValues("n", number(n))
                .putValues(field, vector(vector))
                .build();
    }

    static RowFilter below(long limit) {
        return RowFilter.of(Condition.newBuilder()
                .setCompare(
                        Compare.newBuilder().setField("n").setOp(Compare.Op.LT).setValue(number(limit)))
                .build());
    }

    static float[] gaussian(Random random, int dimension) {
        float[] vector = new float[dimension];
        for (int i = 0; i < dimension; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        return vector;
    }
}
