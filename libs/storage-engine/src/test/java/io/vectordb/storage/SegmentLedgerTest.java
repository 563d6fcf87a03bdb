package io.vectordb.storage;

import static io.vectordb.storage.Steps.claim;
import static io.vectordb.storage.Steps.publish;
import static io.vectordb.storage.Steps.ranges;
import static io.vectordb.storage.Steps.seal;
import static io.vectordb.storage.Steps.segment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectordb.internal.storage.v1.BuildClaim;
import io.vectordb.internal.storage.v1.PublishedSegment;
import io.vectordb.internal.storage.v1.SegmentsCommand;
import io.vectordb.internal.storage.v1.ShardSegments;
import org.junit.jupiter.api.Test;

class SegmentLedgerTest {

    private static final long TTL = 1_000;

    private ShardSegments state = ShardSegments.getDefaultInstance();
    private long now = 10_000;
    private long seq = 100;

    /** @return why the step was refused; empty when it was done */
    private String step(SegmentsCommand.Builder step) {
        seq++;
        ShardSegments before = state;
        SegmentLedger.Outcome outcome =
                SegmentLedger.apply(before, step.setTimeMicros(now).build(), seq);
        state = outcome.segments();
        if (!outcome.refused().isEmpty()) {
            assertThat(state).isEqualTo(before);
        }
        assertThat(outcome.sealed())
                .isEqualTo(step.hasSeal() && outcome.refused().isEmpty());
        return outcome.refused();
    }

    private void done(SegmentsCommand.Builder step) {
        assertThat(step(step)).isEmpty();
    }

    private BuildClaim claimOf(String builder, long epoch, long expires) {
        return BuildClaim.newBuilder()
                .setBuilder(builder)
                .setEpoch(epoch)
                .setExpireMicros(expires)
                .build();
    }

    /** Publishes what follows the last segment; returns its end. */
    private long grow(String builder) {
        long epoch = state.getClaim().getEpoch();
        int count = state.getSegmentsCount();
        long from = count == 0 ? 0 : state.getSegments(count - 1).getToSeq();
        done(seal(builder, epoch));
        long to = seq;
        done(publish(builder, epoch, state.getGeneration(), segment(from, to)));
        return to;
    }

    // ---- claims

    @Test
    void theFirstClaimIsAdmittedWithTheSeqOfItsEntryAsEpoch() {
        done(claim("a", TTL));
        assertThat(state)
                .isEqualTo(ShardSegments.newBuilder()
                        .setClaim(claimOf("a", 101, now + TTL))
                        .build());
    }

    @Test
    void anotherBuilderWaitsUntilTheClaimRanOut() {
        done(claim("a", TTL));
        now += TTL - 1;
        assertThat(step(claim("b", TTL))).contains("turn of builder a", "11000", "10999");
        now += 1;
        done(claim("b", TTL));
        assertThat(state.getClaim()).isEqualTo(claimOf("b", 103, now + TTL));
        assertThat(step(claim("a", TTL))).contains("turn of builder b");
    }

    @Test
    void claimingAgainExtendsAndKeepsTheEpoch() {
        done(claim("a", TTL));
        now += 500;
        done(claim("a", TTL));
        assertThat(state.getClaim()).isEqualTo(claimOf("a", 101, now + TTL));
    }

    @Test
    void anOwnClaimThatRanOutIsANewOne() {
        done(claim("a", TTL));
        now += TTL;
        done(claim("a", TTL));
        assertThat(state.getClaim()).isEqualTo(claimOf("a", 102, now + TTL));
    }

    @Test
    void aClaimIsGivenBackByItsBuilderOnly() {
        done(claim("a", TTL));
        assertThat(step(claim("b", 0))).contains("turn of builder a");
        done(claim("a", 0));
        assertThat(state.hasClaim()).isFalse();
        done(claim("b", TTL));
        assertThat(state.getClaim().getEpoch()).isEqualTo(104);
    }

    @Test
    void givingBackWhatNobodyHasChangesNothing() {
        done(claim("a", 0));
        assertThat(state).isEqualTo(ShardSegments.getDefaultInstance());
        done(claim("a", TTL));
        now += TTL;
        ShardSegments ranOut = state;
        done(claim("b", 0));
        assertThat(state).isEqualTo(ranOut);
    }

    // ---- seals

    @Test
    void aSealIsTheSeqOfItsEntryAndReplacesTheOneBefore() {
        done(claim("a", TTL));
        done(seal("a", 101));
        assertThat(state.getSealedSeq()).isEqualTo(102);
        done(seal("a", 101));
        assertThat(state.getSealedSeq()).isEqualTo(103);
        assertThat(step(publish("a", 101, 0, segment(0, 102)))).contains("ends at 102", "last seal is at 103");
    }

    @Test
    void onlyWhoHasTheClaimSeals() {
        assertThat(step(seal("a", 0))).contains("builder a has no claim");
        done(claim("a", TTL));
        assertThat(step(seal("b", 102))).contains("turn of builder a in epoch 102", "not of b in epoch 102");
        assertThat(step(seal("a", 101))).contains("epoch 101");
        now += TTL;
        assertThat(step(seal("a", 102))).contains("builder a has no claim");
    }

    // ---- publications

    @Test
    void segmentsFollowEachOtherFromZero() {
        done(claim("a", TTL));
        long first = grow("a");
        assertThat(state.getSealedSeq()).isZero();
        long second = grow("a");
        assertThat(ranges(state)).isEqualTo("0-" + first + " " + first + "-" + second);
        assertThat(state.getGeneration()).isEqualTo(2);
        assertThat(state.getClaim()).isEqualTo(claimOf("a", 101, now + TTL));
    }

    @Test
    void aSegmentTakesThePlaceOfAllWithinItsRange() {
        done(claim("a", TTL));
        long[] end = {grow("a"), grow("a"), grow("a"), grow("a")};
        done(publish("a", 101, 4, segment(end[0], end[2])));
        assertThat(ranges(state)).isEqualTo("0-%d %d-%d %d-%d".formatted(end[0], end[0], end[2], end[2], end[3]));
        done(publish("a", 101, 5, segment(end[0], end[2])));
        assertThat(state.getSegmentsCount()).isEqualTo(3);
        done(publish("a", 101, 6, segment(0, end[3])));
        assertThat(ranges(state)).isEqualTo("0-" + end[3]);
        assertThat(state.getGeneration()).isEqualTo(7);
    }

    @Test
    void aMergeMayTakeInWhatWasSealedOrLeaveItForLater() {
        done(claim("a", TTL));
        long first = grow("a");
        long second = grow("a");
        done(seal("a", 101));
        long sealed = seq;
        done(publish("a", 101, 2, segment(0, second)));
        assertThat(state.getSealedSeq()).isEqualTo(sealed);
        done(publish("a", 101, 3, segment(0, sealed)));
        assertThat(state.getSealedSeq()).isZero();
        assertThat(ranges(state)).isEqualTo("0-" + sealed);
        assertThat(step(publish("a", 101, 4, segment(first, sealed))))
                .contains("no published segment ends at " + first);
    }

    @Test
    void onlyWhoHasTheClaimPublishes() {
        done(claim("a", TTL));
        done(seal("a", 101));
        PublishedSegment segment = segment(0, 102);
        assertThat(step(publish("b", 101, 0, segment))).contains("turn of builder a");
        assertThat(step(publish("a", 100, 0, segment))).contains("epoch 100");
        now += TTL;
        assertThat(step(publish("a", 101, 0, segment))).contains("has no claim");
        done(claim("b", TTL));
        assertThat(step(publish("a", 101, 0, segment))).contains("turn of builder b");
        // What another one sealed is there for whoever has the claim now.
        done(publish("b", state.getClaim().getEpoch(), 0, segment));
    }

    @Test
    void anotherGenerationRefuses() {
        done(claim("a", TTL));
        long first = grow("a");
        for (long generation : new long[] {0, 2, -1}) {
            assertThat(step(publish("a", 101, generation, segment(0, first))))
                    .contains("at generation 1, expected " + generation);
        }
    }

    @Test
    void rangesOffTheBoundariesAreRefused() {
        done(claim("a", TTL));
        long first = grow("a");
        done(seal("a", 101));
        long sealed = seq;
        for (PublishedSegment off : new PublishedSegment[] {
            segment(1, first),
            segment(0, first + 1),
            segment(first + 1, sealed),
            segment(first, sealed - 1),
            segment(first, sealed + 1),
            segment(sealed, sealed + 1),
            segment(-1, first)
        }) {
            assertThat(step(publish("a", 101, 1, off))).contains("no published segment ends at");
        }
        assertThat(step(publish("a", 101, 1, segment(first, first)))).contains("not behind its start");
        assertThat(step(publish("a", 101, 1, segment(first, 0)))).contains("not behind its start");
        assertThat(step(publish("a", 101, 1, segment(0, 0)))).contains("not behind its start");
    }

    @Test
    void withoutASealNothingIsPublishedBehindTheLastSegment() {
        done(claim("a", TTL));
        assertThat(step(publish("a", 101, 0, segment(0, 101)))).contains("last seal is at 0");
    }

    @Test
    void aSegmentIsExactFromItsEndOrLater() {
        done(claim("a", TTL));
        done(seal("a", 101));
        PublishedSegment segment = segment(0, 102);
        assertThat(step(publish(
                        "a", 101, 0, segment.toBuilder().setExactFromSeq(101).build())))
                .contains("exact from 101 on, expected its end 102");
        assertThat(step(publish(
                        "a", 101, 0, segment.toBuilder().setExactFromSeq(104).build())))
                .contains("exact from 104 on", "before this step at 104");
        done(publish("a", 101, 0, segment.toBuilder().setExactFromSeq(104).build()));
        assertThat(state.getSegments(0).getExactFromSeq()).isEqualTo(104);
    }

    @Test
    void aSegmentIsNotReplacedByOneThatIsExactFromAnEarlierVersionOn() {
        done(claim("a", TTL));
        done(seal("a", 101));
        done(claim("a", TTL));
        PublishedSegment segment = segment(0, 102);
        done(publish("a", 101, 0, segment.toBuilder().setExactFromSeq(103).build()));
        assertThat(step(publish("a", 101, 1, segment))).contains("exact from 102 on", "one that it replaces from 103");
        done(publish("a", 101, 1, segment.toBuilder().setExactFromSeq(103).build()));
    }

    @Test
    void anIdIsASha256() {
        done(claim("a", TTL));
        done(seal("a", 101));
        for (String id : new String[] {"", "ab", "A".repeat(64), "g".repeat(64), "a".repeat(65)}) {
            assertThat(step(publish(
                            "a", 101, 0, segment(0, 102).toBuilder().setId(id).build())))
                    .contains("64 hex digits");
        }
    }

    @Test
    void aShardHasNoMoreThan64SegmentsAndAMergeMakesRoom() {
        done(claim("a", TTL));
        for (int i = 0; i < SegmentLedger.MOST_SEGMENTS; i++) {
            grow("a");
        }
        long end = state.getSegments(63).getToSeq();
        done(seal("a", 101));
        long sealed = seq;
        assertThat(step(publish("a", 101, 64, segment(end, sealed)))).contains("at most 64 segments");
        done(publish("a", 101, 64, segment(0, state.getSegments(1).getToSeq())));
        done(publish("a", 101, 65, segment(end, sealed)));
        assertThat(state.getSegmentsCount()).isEqualTo(64);
    }

    @Test
    void aStepOfAnUnknownKindIsNotSkipped() {
        assertThatThrownBy(() -> step(SegmentsCommand.newBuilder())).isInstanceOf(StorageException.class);
    }
}
