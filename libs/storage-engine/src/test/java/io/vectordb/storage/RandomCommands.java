package io.vectordb.storage;

import com.google.protobuf.ByteString;
import io.vectordb.internal.storage.v1.PatchOp;
import io.vectordb.internal.storage.v1.RecordOp;
import io.vectordb.internal.storage.v1.StoredRecord;
import io.vectordb.internal.storage.v1.WriteCommand;
import io.vectordb.internal.storage.v1.WriteUnit;
import io.vectordb.v1.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Commands of every kind on few keys, so that they meet; conditions and request ids hit and miss. */
final class RandomCommands {

    private static final List<String> KEYS =
            List.of("a", "a\0", "ab", "b", "c", "d", "e", "é", "f", "g", "h", "i", "j", "k");

    private final SplittableRandom random;
    private final List<WriteUnit> sent = new ArrayList<>();
    private long micros = StoreHarness.START_MICROS;
    private int nextId;

    RandomCommands(SplittableRandom random) {
        this.random = random;
    }

    /**
     * The next command.
     *
     * @param model what the command will meet, to make conditions that hold
     * @param now the seq that it will have
     */
    WriteCommand next(ShardModel model, long now) {
        micros += random.nextInt(20) == 0 ? 300_000_000 : random.nextLong(-1_000_000, 5_000_000);
        WriteCommand.Builder command = WriteCommand.newBuilder().setTimeMicros(micros);
        int units = 1 + random.nextInt(3);
        for (int i = 0; i < units; i++) {
            command.addUnits(unit(model, now));
        }
        return command.build();
    }

    private WriteUnit unit(ShardModel model, long now) {
        if (!sent.isEmpty() && random.nextInt(8) == 0) {
            WriteUnit again = sent.get(Math.max(0, sent.size() - 1 - random.nextInt(12)));
            return random.nextInt(4) > 0
                    ? again
                    : again.toBuilder()
                            .setContentHash(ByteString.copyFromUtf8("other"))
                            .build();
        }
        WriteUnit.Builder unit = WriteUnit.newBuilder().setAtomic(random.nextInt(3) == 0);
        int ops = 1 + random.nextInt(5);
        for (int i = 0; i < ops; i++) {
            unit.addOps(op(model, now));
        }
        if (random.nextBoolean()) {
            unit.setRequestId("r" + nextId++).setContentHash(ByteString.copyFromUtf8("h" + nextId));
            sent.add(unit.build());
        }
        return unit.build();
    }

    private RecordOp op(ShardModel model, long now) {
        String key = KEYS.get(random.nextInt(KEYS.size()));
        int bucket = bucket(key);
        RecordOp.Builder op = Ops.put(bucket, key, fields()).toBuilder();
        int kind = random.nextInt(10);
        if (kind < 3) {
            op.setDelete(Ops.delete(key).getDelete());
        } else if (kind < 6) {
            op.setPatch(patch());
        } else if (kind < 7) {
            op.setRestore(StoredRecord.newBuilder()
                    .setSchemaVersion(1 + random.nextInt(3))
                    .setUpdateTimeMicros(random.nextLong(micros))
                    .setFields(fields()));
        }
        if (random.nextInt(4) == 0) {
            ShardModel.@Nullable Row row = model.at(now).get(key);
            long holds = row == null ? 0 : row.seq();
            op.setIfSeq(random.nextInt(3) == 0 ? holds + random.nextInt(3) : holds);
        }
        return op.build();
    }

    /** The bucket of a key follows from it, as it does in a collection. */
    static int bucket(String key) {
        return key.charAt(0) % 3 * 200;
    }

    private Fields fields() {
        Fields.Builder fields = Fields.newBuilder();
        for (String name : List.of("v", "w", "x")) {
            if (random.nextBoolean()) {
                fields.putValues(name, Ops.text(Long.toHexString(random.nextLong())));
            }
        }
        return fields.build();
    }

    private PatchOp patch() {
        PatchOp.Builder patch =
                random.nextBoolean() ? Ops.setting("w", Long.toHexString(random.nextLong())) : Ops.unsetting("w");
        if (random.nextBoolean()) {
            patch.addRequired("w");
        }
        return patch.setCreate(random.nextInt(3) == 0)
                .setKeyFields(Ops.fields("key"))
                .build();
    }
}
