package io.vectordb.coordinator;

import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.internal.storage.v1.OpResult;
import io.vectordb.internal.storage.v1.RecordOp;
import io.vectordb.v1.ItemError;
import io.vectordb.v1.RecordKey;
import io.vectordb.v1.WriteResult;
import org.jspecify.annotations.Nullable;

/**
 * One item of a write on its way: what the client sent, what becomes of it, and in the end its result. Used by one step
 * after another, never by two threads at once.
 */
final class WriteItem {

    private final int index;
    private final String tag;
    private @Nullable RecordKey key;
    private @Nullable ShardState shard;
    private RecordOp.@Nullable Builder op;
    private @Nullable WriteResult result;

    WriteItem(int index, String tag) {
        this.index = index;
        this.tag = tag;
    }

    int index() {
        return index;
    }

    @Nullable
    RecordKey key() {
        return key;
    }

    @Nullable
    ShardState shard() {
        return shard;
    }

    RecordOp.@Nullable Builder op() {
        return op;
    }

    /** Whether it still is to be applied. */
    boolean isOpen() {
        return result == null;
    }

    boolean isRefused() {
        return result != null && result.hasError();
    }

    @Nullable
    WriteResult result() {
        return result;
    }

    void keyIs(RecordKey known, ShardState owner) {
        key = known;
        shard = owner;
    }

    void prepared(RecordOp.Builder prepared) {
        op = prepared;
    }

    void refuse(ItemError error) {
        result = base().setOutcome(WriteResult.Outcome.REFUSED).setError(error).build();
    }

    void unknown(ItemError error) {
        result = base().setOutcome(WriteResult.Outcome.UNKNOWN).setError(error).build();
    }

    void applied(OpResult applied, boolean replayed) {
        WriteResult.Builder built = base().setOutcome(applied.getOutcome()).setReplayed(replayed);
        if (applied.getSeq() != 0) {
            built.setSeq(applied.getSeq());
        }
        if (applied.hasError()) {
            built.setError(applied.getError());
        }
        result = built.build();
    }

    private WriteResult.Builder base() {
        WriteResult.Builder built = WriteResult.newBuilder().setIndex(index).setTag(tag);
        if (key != null) {
            built.setKey(key);
        }
        return built;
    }
}
