package io.vectordb.coordinator;

import com.google.protobuf.Duration;
import com.google.protobuf.NullValue;
import io.vectordb.v1.BatchMode;
import io.vectordb.v1.Consistency;
import io.vectordb.v1.CountRequest;
import io.vectordb.v1.Fields;
import io.vectordb.v1.Floats;
import io.vectordb.v1.GetRequest;
import io.vectordb.v1.Nearest;
import io.vectordb.v1.Patch;
import io.vectordb.v1.Query;
import io.vectordb.v1.RecordKey;
import io.vectordb.v1.SearchRequest;
import io.vectordb.v1.Value;
import io.vectordb.v1.Vector;
import io.vectordb.v1.WriteOp;
import io.vectordb.v1.WriteRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Short ways to say requests. */
final class Requests {

    private Requests() {}

    static RecordKey key(String key) {
        return RecordKey.newBuilder().setStringKey(key).build();
    }

    static Value value(@Nullable Object value) {
        Value.Builder built = Value.newBuilder();
        return switch (value) {
            case null -> built.setNullValue(NullValue.NULL_VALUE).build();
            case Integer number -> built.setIntValue(number).build();
            case Long number -> built.setIntValue(number).build();
            case Boolean bool -> built.setBoolValue(bool).build();
            case String text -> built.setStringValue(text).build();
            case float[] vector -> built.setVectorValue(vector(vector)).build();
            default -> throw new IllegalArgumentException("a " + value.getClass());
        };
    }

    static Vector vector(float... components) {
        Floats.Builder floats = Floats.newBuilder();
        for (float component : components) {
            floats.addValues(component);
        }
        return Vector.newBuilder().setFloats(floats).build();
    }

    /** Names and values in turn. */
    static Fields fields(@Nullable Object... namesAndValues) {
        Fields.Builder fields = Fields.newBuilder();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            fields.putValues(String.valueOf(namesAndValues[i]), value(namesAndValues[i + 1]));
        }
        return fields.build();
    }

    static WriteOp upsert(@Nullable Object... namesAndValues) {
        return WriteOp.newBuilder().setUpsert(fields(namesAndValues)).build();
    }

    static WriteOp delete(String key) {
        return WriteOp.newBuilder().setDelete(key(key)).build();
    }

    /** Sets the fields, names and values in turn. */
    static WriteOp set(String key, @Nullable Object... namesAndValues) {
        return WriteOp.newBuilder()
                .setUpdate(Patch.newBuilder().setKey(key(key)).setSet(fields(namesAndValues)))
                .build();
    }

    static WriteOp unset(String key, String... fields) {
        return WriteOp.newBuilder()
                .setUpdate(Patch.newBuilder().setKey(key(key)).addAllUnset(List.of(fields)))
                .build();
    }

    static WriteOp ifSeq(WriteOp op, long seq) {
        return op.toBuilder().setIfSeq(seq).build();
    }

    static WriteRequest write(String collection, WriteOp... ops) {
        return write(collection, BatchMode.BATCH_MODE_UNSPECIFIED, "", ops);
    }

    static WriteRequest write(String collection, BatchMode mode, String requestId, WriteOp... ops) {
        return WriteRequest.newBuilder()
                .setCollection(collection)
                .setMode(mode)
                .setRequestId(requestId)
                .addAllOps(List.of(ops))
                .build();
    }

    static SearchRequest.Builder search(String collection, int k, float... vector) {
        return SearchRequest.newBuilder()
                .setCollection(collection)
                .setK(k)
                .setQuery(Query.newBuilder().setNearest(Nearest.newBuilder().setVector(vector(vector))));
    }

    static SearchRequest.Builder list(String collection, int k) {
        return SearchRequest.newBuilder().setCollection(collection).setK(k);
    }

    static CountRequest count(String collection) {
        return CountRequest.newBuilder().setCollection(collection).build();
    }

    static GetRequest get(String collection, String... keys) {
        GetRequest.Builder get = GetRequest.newBuilder().setCollection(collection);
        for (String key : keys) {
            get.addKeys(key(key));
        }
        return get.build();
    }

    static Consistency session(String... tokens) {
        return Consistency.newBuilder()
                .setLevel(Consistency.Level.SESSION)
                .addAllTokens(List.of(tokens))
                .build();
    }

    static Duration millis(int millis) {
        return Duration.newBuilder()
                .setSeconds(millis / 1_000)
                .setNanos(millis % 1_000 * 1_000_000)
                .build();
    }
}
