package io.vectordb.storagenode;

import com.google.protobuf.ByteString;
import io.vectordb.internal.storage.v1.DeleteOp;
import io.vectordb.internal.storage.v1.GetRequest;
import io.vectordb.internal.storage.v1.KeyInBucket;
import io.vectordb.internal.storage.v1.RecordOp;
import io.vectordb.internal.storage.v1.ScanRequest;
import io.vectordb.internal.storage.v1.TailRequest;
import io.vectordb.internal.storage.v1.WriteRequest;
import io.vectordb.internal.storage.v1.WriteUnit;
import io.vectordb.v1.Fields;
import io.vectordb.v1.RecordKey;
import io.vectordb.v1.Value;

/** Requests about records of one number, all in the shard {@code s}. */
final class Requests {

    static final String SHARD = "s";

    private Requests() {}

    static RecordKey key(int number) {
        return RecordKey.newBuilder().setStringKey("k" + number).build();
    }

    static Fields fields(long n) {
        return Fields.newBuilder()
                .putValues("n", Value.newBuilder().setIntValue(n).build())
                .build();
    }

    static RecordOp put(int key, long n) {
        return RecordOp.newBuilder()
                .setKey(key(key))
                .setBucket(key % 64)
                .setPut(fields(n))
                .build();
    }

    static RecordOp delete(int key) {
        return RecordOp.newBuilder()
                .setKey(key(key))
                .setBucket(key % 64)
                .setDelete(DeleteOp.getDefaultInstance())
                .build();
    }

    static WriteRequest write(String requestId, RecordOp... ops) {
        WriteUnit.Builder unit =
                WriteUnit.newBuilder().setRequestId(requestId).setContentHash(ByteString.copyFromUtf8(requestId));
        for (RecordOp op : ops) {
            unit.addOps(op);
        }
        return WriteRequest.newBuilder().setShard(SHARD).addUnits(unit).build();
    }

    static GetRequest get(GetRequest.Level level, long minSeq, int key) {
        return GetRequest.newBuilder()
                .setShard(SHARD)
                .setLevel(level)
                .setMinSeq(minSeq)
                .addKeys(KeyInBucket.newBuilder().setKey(key(key)).setBucket(key % 64))
                .build();
    }

    static ScanRequest scan(long asOf, ByteString after, int records) {
        return ScanRequest.newBuilder()
                .setShard(SHARD)
                .setAsOfSeq(asOf)
                .setAfter(after)
                .setMaxRecords(records)
                .setMaxBytes(1 << 20)
                .setLevel(GetRequest.Level.LOCAL)
                .build();
    }

    static TailRequest tail(long from, int waitMillis) {
        return TailRequest.newBuilder()
                .setShard(SHARD)
                .setFromSeq(from)
                .setWaitMillis(waitMillis)
                .setMaxBytes(1 << 20)
                .build();
    }
}
