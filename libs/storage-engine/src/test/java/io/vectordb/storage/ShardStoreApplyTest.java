package io.vectordb.storage;

import static io.vectordb.storage.Ops.atomic;
import static io.vectordb.storage.Ops.delete;
import static io.vectordb.storage.Ops.ifSeq;
import static io.vectordb.storage.Ops.patch;
import static io.vectordb.storage.Ops.put;
import static io.vectordb.storage.Ops.setting;
import static io.vectordb.storage.Ops.unit;
import static io.vectordb.storage.Ops.unsetting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectordb.internal.storage.v1.OpResult;
import io.vectordb.internal.storage.v1.PatchOp;
import io.vectordb.internal.storage.v1.RecordOp;
import io.vectordb.internal.storage.v1.UnitResult;
import io.vectordb.internal.storage.v1.WriteResponse;
import io.vectordb.v1.RecordKey;
import io.vectordb.v1.WriteResult.Outcome;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardStoreApplyTest {

    @TempDir
    Path directory;

    private StoreHarness harness;

    @BeforeEach
    void open() {
        harness = new StoreHarness(directory);
    }

    @AfterEach
    void close() {
        harness.close();
    }

    private OpResult one(RecordOp op) {
        return harness.apply(op).getFirst();
    }

    private static void assertRefused(OpResult result, String code, String message) {
        assertThat(result.getOutcome()).isEqualTo(Outcome.REFUSED);
        assertThat(result.getError().getCode()).isEqualTo(code);
        assertThat(result.getError().getMessage()).isEqualTo(message);
        assertThat(result.getSeq()).isZero();
    }

    @Test
    void putCreatesThenReplaces() {
        OpResult first = one(put("n1", "a"));
        assertThat(first.getOutcome()).isEqualTo(Outcome.CREATED);
        assertThat(first.getSeq()).isEqualTo(harness.seq()).isEqualTo(StoreHarness.SHARD.seqAt(1));

        OpResult second = one(put("n1", "b"));
        assertThat(second.getOutcome()).isEqualTo(Outcome.REPLACED);
        assertThat(second.getSeq()).isEqualTo(StoreHarness.SHARD.seqAt(2));
        assertThat(harness.v("n1")).isEqualTo("b");
        assertThat(harness.store().statistics().liveRecords()).isEqualTo(1);
    }

    @Test
    void deleteOfWhatIsNotThereWritesNothing() {
        OpResult absent = one(delete("n1"));
        assertThat(absent.getOutcome()).isEqualTo(Outcome.ABSENT);
        assertThat(absent.getSeq()).isZero();
        assertThat(harness.store().statistics().feedEntries()).isZero();
        assertThat(harness.store().lastDataSeq()).isEqualTo(harness.seq());
    }

    @Test
    void deleteRemovesAndTheNextPutCreatesAgain() {
        one(put("n1", "a"));
        OpResult deleted = one(delete("n1"));
        assertThat(deleted.getOutcome()).isEqualTo(Outcome.DELETED);
        assertThat(deleted.getSeq()).isZero();
        assertThat(harness.v("n1")).isEqualTo("-");
        assertThat(harness.store().statistics().liveRecords()).isZero();
        assertThat(one(delete("n1")).getOutcome()).isEqualTo(Outcome.ABSENT);
        assertThat(one(put("n1", "b")).getOutcome()).isEqualTo(Outcome.CREATED);
    }

    @Test
    void patchUpdatesWhatIsThere() {
        one(put("n1", "a"));
        OpResult updated = one(patch("n1", "w", "x"));
        assertThat(updated.getOutcome()).isEqualTo(Outcome.UPDATED);
        assertThat(updated.getSeq()).isEqualTo(harness.seq());
        assertThat(harness.v("n1")).isEqualTo("a");
        assertThat(one(patch("n1", unsetting("v"))).getOutcome()).isEqualTo(Outcome.UPDATED);
        assertThat(harness.v("n1")).isEqualTo("?");
    }

    @Test
    void patchOfWhatIsNotThereIsRefusedUnlessItMayCreate() {
        assertRefused(one(patch("n1", "v", "x")), "RECORD_NOT_FOUND", "there is no record n1");
        PatchOp.Builder creating = setting("v", "x").setCreate(true).setKeyFields(Ops.fields("key"));
        assertThat(one(patch("n1", creating)).getOutcome()).isEqualTo(Outcome.CREATED);
        assertThat(harness.v("n1")).isEqualTo("x");
    }

    @Test
    void patchThatLeavesARequiredFieldEmptyIsRefused() {
        one(put("n1", "a"));
        OpResult result = one(patch("n1", unsetting("v").addRequired("v")));
        assertRefused(result, "CONSTRAINT_VIOLATION", "v: a value is required");
        assertThat(result.getError().getViolations(0).getPath()).isEqualTo("v");
        assertThat(harness.v("n1")).isEqualTo("a");
    }

    @Test
    void patchThatCannotBeAppliedIsRefused() {
        one(put("n1", "a"));
        PatchOp.Builder through = PatchOp.newBuilder();
        through.addSetBuilder().addPath("v").addPath("inside").setValue(Ops.text("x"));
        assertThat(one(patch("n1", through)).getError().getCode()).isEqualTo("TYPE_MISMATCH");
    }

    @Test
    void recordsBeyondOneMebibyteAreRefused() {
        String half = "x".repeat(600_000);
        assertThat(one(put("n1", half)).getOutcome()).isEqualTo(Outcome.CREATED);
        assertThat(one(patch("n1", "w", half)).getError().getCode()).isEqualTo("RECORD_TOO_LARGE");
        OpResult put = one(put("n2", half + half));
        assertRefused(put, "RECORD_TOO_LARGE", "n2 would have 1200015 bytes, a record has at most 1048576");
        assertThat(harness.v("n2")).isEqualTo("-");
    }

    @Test
    void anEntryThatWouldMakeTooMuchOfItsPatchesIsRefusedFromThereOn() {
        int records = 40;
        RecordOp[] patches = new RecordOp[records];
        for (int i = 0; i < records; i++) {
            one(put("n" + i, "x".repeat(1_000_000)));
            patches[i] = patch("n" + i, "w", "y");
        }
        List<OpResult> results = harness.apply(patches);
        assertThat(results.subList(0, 33)).allMatch(result -> result.getOutcome() == Outcome.UPDATED);
        assertThat(results.subList(33, records))
                .allMatch(result -> result.getError().getCode().equals("LIMIT_EXCEEDED"));
    }

    @Test
    void ifSeqHoldsOnlyForTheExactVersion() {
        one(ifSeq(put("n1", "a"), 0));
        long first = harness.seq();
        one(ifSeq(put("n1", "b"), first));
        assertThat(harness.v("n1")).isEqualTo("b");
        long second = harness.seq();

        OpResult stale = one(ifSeq(put("n1", "c"), first));
        assertRefused(stale, "SEQ_MISMATCH", "n1 is at version " + second + ", the condition asked for " + first);
        assertThat(stale.getError().getMetadataMap())
                .containsEntry("expected", Long.toString(first))
                .containsEntry("actual", Long.toString(second));
        assertThat(one(ifSeq(delete("n1"), first)).getError().getCode()).isEqualTo("SEQ_MISMATCH");
        assertThat(one(ifSeq(patch("n1", "v", "x"), first)).getError().getCode())
                .isEqualTo("SEQ_MISMATCH");
        assertThat(one(ifSeq(delete("n1"), second)).getOutcome()).isEqualTo(Outcome.DELETED);
    }

    @Test
    void ifSeqZeroMeansThatTheRecordDoesNotExist() {
        one(put("n1", "a"));
        OpResult exists = one(ifSeq(put("n1", "b"), 0));
        assertRefused(
                exists,
                "SEQ_MISMATCH",
                "n1 is at version " + harness.seqOf("n1") + ", the condition asked that it does not exist");
        one(delete("n1"));
        OpResult gone = one(ifSeq(put("n1", "b"), 7));
        assertRefused(gone, "SEQ_MISMATCH", "n1 does not exist, the condition asked for 7");
        assertThat(gone.getError().getMetadataMap()).containsEntry("actual", "0");
        assertThat(one(ifSeq(delete("n1"), 0)).getOutcome()).isEqualTo(Outcome.ABSENT);
        assertThat(one(ifSeq(put("n1", "b"), 0)).getOutcome()).isEqualTo(Outcome.CREATED);
    }

    @Test
    void opsOfOneEntrySeeThoseBeforeThem() {
        long seq = StoreHarness.SHARD.seqAt(1);
        List<OpResult> results = harness.apply(
                put("n1", "a"), ifSeq(patch("n1", "v", "b"), seq), delete("n1"), patch("n1", "v", "x"), put("n1", "c"));
        assertThat(results)
                .extracting(OpResult::getOutcome)
                .containsExactly(Outcome.CREATED, Outcome.UPDATED, Outcome.DELETED, Outcome.REFUSED, Outcome.CREATED);
        assertThat(harness.v("n1")).isEqualTo("c");
        assertThat(harness.store().statistics().feedEntries()).isEqualTo(1);
        assertThat(harness.store().statistics().liveRecords()).isEqualTo(1);
    }

    @Test
    void unitsOfOneEntrySeeThoseBeforeThem() {
        List<UnitResult> results =
                harness.apply(unit(put("n1", "a")), atomic(patch("n1", "v", "b")), unit(ifSeq(delete("n1"), 0)));
        assertThat(results.get(1).getResults(0).getOutcome()).isEqualTo(Outcome.UPDATED);
        assertThat(results.get(2).getResults(0).getError().getCode()).isEqualTo("SEQ_MISMATCH");
        assertThat(harness.v("n1")).isEqualTo("b");
    }

    @Test
    void aRecordMadeAndDeletedByOneEntryLeavesNoTrace() {
        harness.apply(put("n1", "a"), delete("n1"));
        assertThat(harness.store().statistics().feedEntries()).isZero();
        assertThat(harness.scan(0, 10)).isEmpty();
    }

    @Test
    void anAtomicUnitWithARefusalAppliesNothing() {
        one(put("n1", "a"));
        List<UnitResult> results = harness.apply(
                unit(put("n0", "kept")),
                atomic(put("n1", "b"), patch("none", "v", "x"), put("n2", "c")),
                unit(put("n3", "kept")));
        List<OpResult> refused = results.get(1).getResultsList();
        assertRefused(refused.get(1), "RECORD_NOT_FOUND", "there is no record none");
        for (int i : new int[] {0, 2}) {
            assertRefused(
                    refused.get(i),
                    "RECORD_NOT_FOUND",
                    "not applied, since op 1 of the atomic unit was refused: there is no record none");
            assertThat(refused.get(i).getError().getMetadataMap()).containsEntry("refused_by", "1");
        }
        assertThat(harness.v("n1")).isEqualTo("a");
        assertThat(harness.scan(0, 10)).containsOnlyKeys("n0", "n1", "n3");
    }

    @Test
    void anAtomicUnitWithoutRefusalAppliesAll() {
        UnitResult result = harness.apply(atomic(put("n1", "a"), put("n2", "b"), delete("n3")))
                .getFirst();
        assertThat(result.getResultsList())
                .extracting(OpResult::getOutcome)
                .containsExactly(Outcome.CREATED, Outcome.CREATED, Outcome.ABSENT);
        assertThat(harness.scan(0, 10)).containsOnlyKeys("n1", "n2");
    }

    @Test
    void aKeyThatCannotBeStoredIsRefused() {
        RecordOp keyless = put("n1", "a").toBuilder()
                .setKey(RecordKey.getDefaultInstance())
                .build();
        assertThat(one(keyless).getError().getCode()).isEqualTo("INVALID_VALUE");
    }

    @Test
    void anOpOfAnUnknownKindStopsTheReplica() {
        RecordOp unknown = put("n1", "a").toBuilder().clearOp().build();
        assertThatThrownBy(() -> one(unknown)).isInstanceOf(StorageException.class);
        assertThat(harness.store().applied()).isEqualTo(AppliedPosition.NONE);
    }

    @Test
    void anEntryAppliedBeforeIsSkipped() {
        one(put("n1", "a"));
        WriteResponse again = harness.store().apply(1, 1, Ops.command(1, unit(put("n1", "b"))));
        assertThat(again).isEqualTo(WriteResponse.getDefaultInstance());
        assertThat(harness.v("n1")).isEqualTo("a");
    }

    @Test
    void storedRecordsCarryTheTimeOfTheCommandAndTheSchemaVersionOfTheOp() {
        harness.apply(put("n1", "a").toBuilder().setSchemaVersion(7).build());
        var stored = harness.store().get(List.of(Ops.at("n1"))).getRecords(0).getRecord();
        assertThat(stored.getUpdateTimeMicros()).isEqualTo(harness.micros());
        assertThat(stored.getSchemaVersion()).isEqualTo(7);
    }
}
