package io.vectordb.storage;

import com.google.protobuf.ByteString;
import io.vectordb.internal.storage.v1.DeleteOp;
import io.vectordb.internal.storage.v1.FieldPath;
import io.vectordb.internal.storage.v1.KeyInBucket;
import io.vectordb.internal.storage.v1.PatchOp;
import io.vectordb.internal.storage.v1.PathValue;
import io.vectordb.internal.storage.v1.RecordOp;
import io.vectordb.internal.storage.v1.WriteCommand;
import io.vectordb.internal.storage.v1.WriteUnit;
import io.vectordb.v1.Fields;
import io.vectordb.v1.RecordKey;
import io.vectordb.v1.Value;
import java.util.List;

/** Short ways to say commands. Keys live in bucket 0 unless said otherwise. */
final class Ops {

    private Ops() {}

    static RecordKey key(String key) {
        return RecordKey.newBuilder().setStringKey(key).build();
    }

    static Value text(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }

    /** A record of one field, {@code v}. */
    static Fields fields(String v) {
        return Fields.newBuilder().putValues("v", text(v)).build();
    }

    static RecordOp put(String key, String v) {
        return put(0, key, fields(v));
    }

    static RecordOp put(int bucket, String key, Fields fields) {
        return op(bucket, key).setPut(fields).build();
    }

    static RecordOp delete(String key) {
        return op(0, key).setDelete(DeleteOp.getDefaultInstance()).build();
    }

    static RecordOp patch(String key, String field, String value) {
        return op(0, key).setPatch(setting(field, value)).build();
    }

    static PatchOp.Builder setting(String field, String value) {
        return PatchOp.newBuilder().addSet(PathValue.newBuilder().addPath(field).setValue(text(value)));
    }

    static PatchOp.Builder unsetting(String field) {
        return PatchOp.newBuilder().addUnset(FieldPath.newBuilder().addNames(field));
    }

    static RecordOp patch(String key, PatchOp.Builder patch) {
        return op(0, key).setPatch(patch).build();
    }

    static RecordOp ifSeq(RecordOp op, long seq) {
        return op.toBuilder().setIfSeq(seq).build();
    }

    private static RecordOp.Builder op(int bucket, String key) {
        return RecordOp.newBuilder().setKey(key(key)).setBucket(bucket).setSchemaVersion(1);
    }

    static WriteUnit unit(RecordOp... ops) {
        return WriteUnit.newBuilder().addAllOps(List.of(ops)).build();
    }

    static WriteUnit atomic(RecordOp... ops) {
        return unit(ops).toBuilder().setAtomic(true).build();
    }

    static WriteUnit named(String requestId, String hash, RecordOp... ops) {
        return unit(ops).toBuilder()
                .setRequestId(requestId)
                .setContentHash(ByteString.copyFromUtf8(hash))
                .build();
    }

    static WriteCommand command(long micros, WriteUnit... units) {
        return WriteCommand.newBuilder()
                .setTimeMicros(micros)
                .addAllUnits(List.of(units))
                .build();
    }

    static KeyInBucket at(String key) {
        return KeyInBucket.newBuilder().setKey(key(key)).build();
    }
}
