package io.vectordb.e2e.process;

import io.vectordb.v1.Fields;
import io.vectordb.v1.Floats;
import io.vectordb.v1.RecordKey;
import io.vectordb.v1.Value;
import io.vectordb.v1.Vector;
import java.util.Map;

/** Short ways to make the messages of records. */
public final class Values {

    private Values() {}

    public static Value of(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }

    public static Value of(long number) {
        return Value.newBuilder().setIntValue(number).build();
    }

    public static Value of(double number) {
        return Value.newBuilder().setFloatValue(number).build();
    }

    public static Value of(float... components) {
        return Value.newBuilder().setVectorValue(vector(components)).build();
    }

    public static Vector vector(float... components) {
        Floats.Builder floats = Floats.newBuilder();
        for (float component : components) {
            floats.addValues(component);
        }
        return Vector.newBuilder().setFloats(floats).build();
    }

    public static Fields fields(Map<String, Value> values) {
        return Fields.newBuilder().putAllValues(values).build();
    }

    public static RecordKey key(String key) {
        return RecordKey.newBuilder().setStringKey(key).build();
    }
}
