package io.vectordb.storage;

import com.google.protobuf.ByteString;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.Limits;
import io.vectordb.common.VectorDbException;
import io.vectordb.common.Violation;
import io.vectordb.internal.storage.v1.OpResult;
import io.vectordb.internal.storage.v1.PatchOp;
import io.vectordb.internal.storage.v1.RecordOp;
import io.vectordb.internal.storage.v1.StoredRecord;
import io.vectordb.internal.storage.v1.WriteUnit;
import io.vectordb.schema.Patches;
import io.vectordb.schema.RecordKeys;
import io.vectordb.v1.Fields;
import io.vectordb.v1.Value;
import io.vectordb.v1.WriteResult.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Carries out the ops of one log entry on its {@link EntryRows}. An op that is refused changes nothing. */
final class OpApplier {

    private final EntryRows rows;
    private final long seq;
    private final long timeMicros;

    OpApplier(EntryRows rows, long seq, long timeMicros) {
        this.rows = rows;
        this.seq = seq;
        this.timeMicros = timeMicros;
    }

    /** One result per op. */
    List<OpResult> apply(WriteUnit unit) {
        List<OpResult> results = new ArrayList<>(unit.getOpsCount());
        for (RecordOp op : unit.getOpsList()) {
            OpResult result = apply(op);
            results.add(result);
            if (unit.getAtomic() && result.getOutcome() == Outcome.REFUSED) {
                rows.dropUnit();
                return allRefused(unit.getOpsCount(), results.size() - 1, result);
            }
        }
        rows.keepUnit();
        return results;
    }

    private static List<OpResult> allRefused(int ops, int cause, OpResult refusal) {
        OpResult other = Refusals.refusedBy(cause, refusal.getError());
        List<OpResult> results = new ArrayList<>(ops);
        for (int i = 0; i < ops; i++) {
            results.add(i == cause ? refusal : other);
        }
        return results;
    }

    private OpResult apply(RecordOp op) {
        try {
            ByteString prefix = ByteString.copyFrom(Keys.prefix(op.getBucket(), op.getKey()));
            RowState now = rows.current(prefix);
            checkSeq(op, now);
            return switch (op.getOpCase()) {
                case PUT -> put(op, prefix, now);
                case PATCH -> patch(op, prefix, now);
                case DELETE -> delete(prefix, now);
                case RESTORE -> restore(op, prefix, now);
                case OP_NOT_SET -> throw new StorageException("an op of a kind that this program does not know");
            };
        } catch (VectorDbException failure) {
            return switch (failure.code().category()) {
                case USER, CONFLICT -> Refusals.refused(failure);
                case UNAVAILABLE, EXHAUSTED, CORRUPT, INTERNAL -> throw failure;
            };
        }
    }

    private static void checkSeq(RecordOp op, RowState now) {
        if (op.hasIfSeq() && op.getIfSeq() != now.seqOrZero()) {
            throw Refusals.seqMismatch(RecordKeys.text(op.getKey()), op.getIfSeq(), now.seqOrZero());
        }
    }

    private OpResult put(RecordOp op, ByteString prefix, RowState now) {
        return write(op, prefix, op.getPut(), now.exists() ? Outcome.REPLACED : Outcome.CREATED);
    }

    private OpResult patch(RecordOp op, ByteString prefix, RowState now) {
        PatchOp patch = op.getPatch();
        Fields base = switch (now) {
            case RowState.Stored(long at) -> rows.load(prefix, at).getFields();
            case RowState.Written(long at, StoredRecord content) -> content.getFields();
            case RowState.Absent() -> made(op);
        };
        Fields patched = Patches.apply(base, patch.getSetList(), patch.getUnsetList());
        checkRequired(patch, patched);
        return write(op, prefix, patched, now.exists() ? Outcome.UPDATED : Outcome.CREATED);
    }

    private static Fields made(RecordOp op) {
        if (!op.getPatch().getCreate()) {
            throw new VectorDbException(
                    ErrorCode.RECORD_NOT_FOUND, "there is no record " + RecordKeys.text(op.getKey()));
        }
        return op.getPatch().getKeyFields();
    }

    private static void checkRequired(PatchOp patch, Fields fields) {
        List<Violation> missing = new ArrayList<>();
        for (String name : patch.getRequiredList()) {
            Value value = fields.getValuesMap().get(name);
            if (value == null || value.hasNullValue() || value.getKindCase() == Value.KindCase.KIND_NOT_SET) {
                missing.add(new Violation(name, ErrorCode.CONSTRAINT_VIOLATION, "a value is required"));
            }
        }
        if (!missing.isEmpty()) {
            throw VectorDbException.of(missing);
        }
    }

    private OpResult write(RecordOp op, ByteString prefix, Fields fields, Outcome outcome) {
        int bytes = fields.getSerializedSize();
        if (bytes > Limits.RECORD_BYTES) {
            throw new VectorDbException(
                    ErrorCode.RECORD_TOO_LARGE,
                    RecordKeys.text(op.getKey()) + " would have " + bytes + " bytes, a record has at most "
                            + Limits.RECORD_BYTES,
                    Map.of("bytes", Integer.toString(bytes), "limit", Integer.toString(Limits.RECORD_BYTES)));
        }
        StoredRecord stored = StoredRecord.newBuilder()
                .setSchemaVersion(op.getSchemaVersion())
                .setUpdateTimeMicros(timeMicros)
                .setFields(fields)
                .build();
        rows.set(prefix, new RowState.Written(seq, stored), bytes);
        return OpResult.newBuilder().setOutcome(outcome).setSeq(seq).build();
    }

    /** The time and the schema version of the record are its own, not those of this entry. */
    private OpResult restore(RecordOp op, ByteString prefix, RowState now) {
        StoredRecord stored = op.getRestore();
        rows.set(prefix, new RowState.Written(seq, stored), stored.getSerializedSize());
        return OpResult.newBuilder()
                .setOutcome(now.exists() ? Outcome.REPLACED : Outcome.CREATED)
                .setSeq(seq)
                .build();
    }

    private OpResult delete(ByteString prefix, RowState now) {
        if (!now.exists()) {
            return OpResult.newBuilder().setOutcome(Outcome.ABSENT).build();
        }
        rows.set(prefix, RowState.ABSENT, 0);
        return OpResult.newBuilder().setOutcome(Outcome.DELETED).build();
    }
}
