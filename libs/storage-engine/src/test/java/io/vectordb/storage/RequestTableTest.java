package io.vectordb.storage;

import static io.vectordb.storage.Ops.delete;
import static io.vectordb.storage.Ops.ifSeq;
import static io.vectordb.storage.Ops.named;
import static io.vectordb.storage.Ops.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.internal.storage.v1.UnitResult;
import io.vectordb.internal.storage.v1.WriteUnit;
import io.vectordb.v1.WriteResult.Outcome;
import java.nio.file.Path;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RequestTableTest {

    private static final long SECOND = 1_000_000;
    private static final long WINDOW = RequestTable.WINDOW.toSeconds() * SECOND;

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

    private UnitResult one(WriteUnit unit) {
        return harness.apply(unit).getFirst();
    }

    private static String uuid(long micros) {
        long millis = micros / 1_000;
        return new UUID(millis << 16 | 0x7abc, 0x8123456789abcdefL).toString();
    }

    @Test
    void theSameRequestAgainIsAnsweredFromMemory() {
        UnitResult first = one(named("r1", "h", put("n1", "a")));
        one(named("r2", "h2", put("n1", "b")));
        harness.reopen();
        UnitResult again = one(named("r1", "h", put("n1", "a")));
        assertThat(again).isEqualTo(first.toBuilder().setReplayed(true).build());
        assertThat(first.getReplayed()).isFalse();
        assertThat(harness.v("n1")).isEqualTo("b");
    }

    @Test
    void theSameRequestTwiceInOneEntryIsDoneOnce() {
        var results = harness.apply(named("r1", "h", put("n1", "a")), named("r1", "h", put("n1", "a")));
        assertThat(results.get(0).getResults(0).getOutcome()).isEqualTo(Outcome.CREATED);
        assertThat(results.get(1).getResults(0).getOutcome()).isEqualTo(Outcome.CREATED);
        assertThat(results.get(1).getReplayed()).isTrue();
    }

    @Test
    void anIdUsedForAnotherContentIsRefused() {
        one(named("r1", "h", put("n1", "a")));
        UnitResult reused = one(named("r1", "other", put("n1", "b")));
        assertThat(reused.getError().getCode()).isEqualTo("REQUEST_ID_REUSED");
        assertThat(reused.getResultsCount()).isZero();
        assertThat(harness.v("n1")).isEqualTo("a");
        assertThat(one(named("r1", "h", put("n1", "a"))).getReplayed()).isTrue();
    }

    @Test
    void aRequestThatWasRefusedIsRemembered() {
        one(named("r1", "h", ifSeq(put("n1", "a"), 5)));
        harness.apply(put("n1", "x"));
        UnitResult again = one(named("r1", "h", ifSeq(put("n1", "a"), 5)));
        assertThat(again.getReplayed()).isTrue();
        assertThat(again.getResults(0).getError().getCode()).isEqualTo("SEQ_MISMATCH");
        assertThat(again.getResults(0).getError().getMetadataMap()).containsEntry("actual", "0");
    }

    @Test
    void unitsWithoutAnIdAreNotRemembered() {
        one(named("", "h", put("n1", "a")));
        assertThat(one(named("", "h", put("n1", "a"))).getReplayed()).isFalse();
        assertThat(harness.store().statistics().requestIdBytes()).isZero();
    }

    @Test
    void aRequestIsForgottenWhenTheWindowIsOver() {
        one(named("r1", "h", put("n1", "a")));
        harness.pass(WINDOW);
        assertThat(one(named("r1", "h", put("n1", "a"))).getReplayed()).isTrue();
        harness.pass(1);
        UnitResult later = one(named("r1", "other", put("n1", "b")));
        assertThat(later.getReplayed()).isFalse();
        assertThat(later.getResults(0).getOutcome()).isEqualTo(Outcome.REPLACED);
        assertThat(one(named("r1", "other", put("n1", "b"))).getReplayed()).isTrue();
    }

    @Test
    void forgottenRequestsLeaveNoRows() {
        for (int i = 0; i < 500; i++) {
            one(named("r" + i, "h", put("n1", "a" + i)));
            harness.pass(SECOND);
        }
        assertThat(harness.store().statistics().requestIdBytes()).isPositive();
        harness.reopen();
        harness.pass(2 * WINDOW);
        for (int i = 0; i < 10; i++) {
            harness.apply(delete("n2"));
        }
        assertThat(harness.store().statistics().requestIdBytes()).isZero();
    }

    @Test
    void aClockThatGoesBackLosesNothing() {
        one(named("r1", "h", put("n1", "a")));
        harness.pass(-60 * SECOND);
        one(named("r2", "h", put("n1", "b")));
        harness.pass(60 * SECOND + WINDOW - 30 * SECOND);
        assertThat(one(named("r1", "h", put("n1", "a"))).getReplayed()).isTrue();
        assertThat(one(named("r2", "h", put("n1", "b"))).getReplayed()).isFalse();
        harness.pass(2 * WINDOW);
        harness.apply(delete("n2"));
        assertThat(harness.store().statistics().requestIdBytes()).isZero();
    }

    @Test
    void whatAClockThatRanAheadForgotIsNotDoneTwiceWhenItIsBack() {
        String id = uuid(harness.micros() - SECOND);
        one(named(id, "h", put("n1", "a")));
        harness.pass(WINDOW);
        one(named("r2", "h", put("n1", "b")));
        harness.pass(2 * WINDOW);
        harness.apply(delete("n2"));
        assertThat(harness.store().statistics().requestIdBytes()).isZero();

        harness.pass(-3 * WINDOW + SECOND);

        assertThat(one(named(id, "h", put("n1", "a"))).getError().getCode()).isEqualTo("INVALID_VALUE");
        assertThat(harness.v("n1")).isEqualTo("b");
        String fresh = uuid(harness.micros());
        assertThat(one(named(fresh, "h", put("n1", "c"))).hasError()).isFalse();
    }

    @Test
    void anIdThatTellsThatItIsOlderThanTheWindowIsRefused() {
        String id = uuid(harness.micros() - WINDOW - SECOND);
        for (String old : new String[] {id, id + "/17"}) {
            UnitResult result = one(named(old, "h", put("n1", "a")));
            assertThat(result.getError().getCode()).isEqualTo("INVALID_VALUE");
            assertThat(result.getError().getMessage())
                    .isEqualTo("request id is older than the dedupe window: made at 2023-11-14T22:03:19Z, "
                            + "the window begins at 2023-11-14T22:03:20Z");
        }
        assertThat(harness.v("n1")).isEqualTo("-");
    }

    @Test
    void theLinesOfALongLoadAreNotTooOldForTheTimeItBegan() {
        String line = uuid(harness.micros() - WINDOW - SECOND) + ":17";
        assertThat(one(named(line, "h", put("n1", "a"))).hasError()).isFalse();
        assertThat(one(named(line, "h", put("n1", "a"))).getReplayed()).isTrue();
    }

    @Test
    void anIdThatTellsItsAgeIsAnsweredAsLongAsItsRowIsThere() {
        String id = uuid(harness.micros() - WINDOW + SECOND);
        one(named(id, "h", put("n1", "a")));
        harness.pass(WINDOW);
        assertThat(one(named(id, "h", put("n1", "a"))).getReplayed()).isTrue();
        harness.pass(1);
        assertThat(one(named(id, "h", put("n1", "a"))).getError().getCode()).isEqualTo("INVALID_VALUE");
    }

    @Test
    void whatOnlyLooksLikeAnAgeIsNone() {
        assertThat(RequestIds.micros(uuid(1_000))).hasValue(1_000);
        assertThat(RequestIds.micros(uuid(1_000).toUpperCase(Locale.ROOT))).hasValue(1_000);
        assertThat(RequestIds.micros(uuid(1_000) + ":x")).isEmpty();
        assertThat(RequestIds.micros(UUID.randomUUID().toString())).isEmpty();
        assertThat(RequestIds.micros("first-delete")).isEmpty();
    }

    @Test
    void rowsBeyondTheSizeAreDroppedOldestFirstAndTheirIdsRefused(@TempDir Path other) {
        try (StoreHarness small = new StoreHarness(other, 1_000)) {
            for (int i = 0; i < 20; i++) {
                small.apply(named(uuid(small.micros()), "h", put("n1", "a" + i)));
                small.pass(SECOND);
            }
            assertThat(small.store().statistics().requestIdBytes()).isBetween(700L, 1_200L);
            String first = uuid(StoreHarness.START_MICROS);
            String last = uuid(StoreHarness.START_MICROS + 19 * SECOND);
            assertThat(small.apply(named(first, "h", put("n1", "a0")))
                            .getFirst()
                            .getError()
                            .getCode())
                    .isEqualTo("INVALID_VALUE");
            assertThat(small.apply(named(last, "h", put("n1", "a19")))
                            .getFirst()
                            .getReplayed())
                    .isTrue();
        }
    }
}
