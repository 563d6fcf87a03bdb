package io.vectordb.storage;

import com.google.protobuf.ByteString;
import io.vectordb.internal.storage.v1.RecordOp;
import io.vectordb.internal.storage.v1.UnitResult;
import io.vectordb.internal.storage.v1.WriteCommand;
import io.vectordb.internal.storage.v1.WriteUnit;
import io.vectordb.v1.Fields;
import io.vectordb.v1.Value;
import io.vectordb.v1.WriteResult.Outcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a shard does, as simply as it can be said: maps in memory, and a copy of all after each entry. */
final class ShardModel {

    /** A record: its version and its content. */
    record Row(long seq, Fields fields) {}

    private record Remembered(long micros, ByteString hash, List<String> outcomes) {}

    /** The state after each entry that was applied; the seq of the entry is the key. */
    private final TreeMap<Long, Map<String, Row>> history = new TreeMap<>();

    private final Map<String, Remembered> requests = new HashMap<>();
    private Map<String, Row> rows = new TreeMap<>();

    ShardModel() {
        history.put(0L, Map.of());
    }

    /** The state after the entry at {@code seq}, or the last before it. */
    Map<String, Row> at(long seq) {
        return history.floorEntry(seq).getValue();
    }

    List<Long> seqs() {
        return new ArrayList<>(history.keySet());
    }

    /** One text per unit: its outcomes or refusals, and whether it was replayed. */
    List<String> apply(long seq, WriteCommand command) {
        List<String> answers = new ArrayList<>();
        for (WriteUnit unit : command.getUnitsList()) {
            answers.add(unit(seq, command.getTimeMicros(), unit));
        }
        history.put(seq, new TreeMap<>(rows));
        return answers;
    }

    private String unit(long seq, long now, WriteUnit unit) {
        @Nullable Remembered known = requests.get(unit.getRequestId());
        if (known != null && known.micros() >= now - RequestTable.WINDOW.toNanos() / 1_000) {
            return known.hash().equals(unit.getContentHash()) ? "replayed " + known.outcomes() : "REQUEST_ID_REUSED";
        }
        Map<String, Row> before = new TreeMap<>(rows);
        List<String> outcomes = new ArrayList<>();
        @Nullable String refusal = null;
        for (RecordOp op : unit.getOpsList()) {
            String outcome = op(seq, op);
            outcomes.add(outcome);
            if (refusal == null && !isOutcome(outcome)) {
                refusal = outcome;
            }
        }
        if (unit.getAtomic() && refusal != null) {
            rows = before;
            String code = refusal;
            outcomes.replaceAll(outcome -> code);
        }
        if (!unit.getRequestId().isEmpty()) {
            requests.put(unit.getRequestId(), new Remembered(now, unit.getContentHash(), outcomes));
        }
        return "done " + outcomes;
    }

    private static boolean isOutcome(String text) {
        return Arrays.stream(Outcome.values())
                .anyMatch(outcome -> outcome.name().equals(text));
    }

    private String op(long seq, RecordOp op) {
        String name = op.getKey().getStringKey();
        @Nullable Row now = rows.get(name);
        if (op.hasIfSeq() && op.getIfSeq() != (now == null ? 0 : now.seq())) {
            return "SEQ_MISMATCH";
        }
        return switch (op.getOpCase()) {
            case PUT -> {
                rows.put(name, new Row(seq, op.getPut()));
                yield now == null ? "CREATED" : "REPLACED";
            }
            case RESTORE -> {
                rows.put(name, new Row(seq, op.getRestore().getFields()));
                yield now == null ? "CREATED" : "REPLACED";
            }
            case DELETE -> {
                rows.remove(name);
                yield now == null ? "ABSENT" : "DELETED";
            }
            case PATCH -> patch(seq, op, name, now);
            case OP_NOT_SET -> throw new IllegalArgumentException("no op");
        };
    }

    private String patch(long seq, RecordOp op, String name, @Nullable Row now) {
        if (now == null && !op.getPatch().getCreate()) {
            return "RECORD_NOT_FOUND";
        }
        Map<String, Value> values =
                new HashMap<>((now == null ? op.getPatch().getKeyFields() : now.fields()).getValuesMap());
        op.getPatch().getUnsetList().forEach(path -> values.remove(path.getNames(0)));
        op.getPatch().getSetList().forEach(set -> values.put(set.getPath(0), set.getValue()));
        if (!values.keySet().containsAll(op.getPatch().getRequiredList())) {
            return "CONSTRAINT_VIOLATION";
        }
        rows.put(name, new Row(seq, Fields.newBuilder().putAllValues(values).build()));
        return now == null ? "CREATED" : "UPDATED";
    }

    /** The text of {@link #apply} for what the store answered. */
    static String text(UnitResult result) {
        if (result.hasError()) {
            return result.getError().getCode();
        }
        List<String> outcomes = new ArrayList<>();
        result.getResultsList()
                .forEach(op -> outcomes.add(
                        op.getOutcome() == Outcome.REFUSED
                                ? op.getError().getCode()
                                : op.getOutcome().name()));
        return (result.getReplayed() ? "replayed " : "done ") + outcomes;
    }
}
