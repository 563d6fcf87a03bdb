package io.vectordb.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.internal.storage.v1.PublishedSegment;
import io.vectordb.internal.storage.v1.SegmentsCommand;
import io.vectordb.internal.storage.v1.ShardSegments;
import io.vectordb.testkit.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Builders that see old states and do what they like, against a model that says what may come of it. */
class SegmentLedgerRandomizedTest {

    private static final long MOST_TTL = 50;

    private final SplittableRandom random = Seeds.splittable(SegmentLedgerRandomizedTest.class);
    private final List<ShardSegments> seen = new ArrayList<>(List.of(ShardSegments.getDefaultInstance()));
    private ShardSegments state = ShardSegments.getDefaultInstance();
    private long seq;
    private long now;

    // The model: who has the claim, and which segment covers what up to an end.
    private String holder = "";
    private long epoch;
    private long expires;
    private long sealed;
    private long generation;
    private TreeMap<Long, String> coveredUpTo = new TreeMap<>();
    private final TreeMap<Long, Long> exactFrom = new TreeMap<>();

    @Test
    void theLedgerDoesWhatTheModelDoes() {
        int published = 0;
        int refusals = 0;
        for (int i = 0; i < 30_000; i++) {
            seq += 1 + random.nextInt(3);
            now += random.nextInt(4);
            SegmentsCommand command = next().setTimeMicros(now).build();
            boolean admitted = model(command);
            SegmentLedger.Outcome outcome = SegmentLedger.apply(state, command, seq);
            assertThat(outcome.refused().isEmpty())
                    .as("%s at %s on %s: %s", command, seq, state, outcome.refused())
                    .isEqualTo(admitted);
            if (!admitted) {
                assertThat(outcome.segments()).isEqualTo(state);
                refusals++;
            }
            published += admitted && command.hasPublish() ? 1 : 0;
            state = outcome.segments();
            seen.add(state);
            check();
        }
        assertThat(published).isGreaterThan(500);
        assertThat(refusals).isGreaterThan(500);
    }

    private void check() {
        assertThat(state.getGeneration()).isEqualTo(generation);
        assertThat(state.getSealedSeq()).isEqualTo(sealed);
        assertThat(state.hasClaim()).isEqualTo(!holder.isEmpty());
        assertThat(state.getClaim().getBuilder()).isEqualTo(holder);
        assertThat(state.getClaim().getEpoch()).isEqualTo(epoch);
        assertThat(state.getClaim().getExpireMicros()).isEqualTo(expires);
        long end = 0;
        TreeMap<Long, String> covered = new TreeMap<>();
        for (PublishedSegment segment : state.getSegmentsList()) {
            assertThat(segment.getFromSeq()).isEqualTo(end);
            end = segment.getToSeq();
            covered.put(end, segment.getId());
        }
        assertThat(covered).isEqualTo(coveredUpTo);
        assertThat(sealed == 0 || sealed > end).isTrue();
    }

    /** What a builder asks for that may be late, mistaken, or not the one whose turn it is. */
    private SegmentsCommand.Builder next() {
        ShardSegments known = random.nextInt(5) > 0 ? state : seen.get(random.nextInt(seen.size()));
        String builder =
                random.nextInt(3) > 0 && known.hasClaim() ? known.getClaim().getBuilder() : "b" + random.nextInt(3);
        long claimed = random.nextInt(10) > 0 ? known.getClaim().getEpoch() : random.nextLong(seq + 1);
        return switch (random.nextInt(4)) {
            case 0 -> Steps.claim(builder, random.nextInt(6) == 0 ? 0 : 1 + random.nextLong(MOST_TTL));
            case 1 -> Steps.seal(builder, claimed);
            default ->
                Steps.publish(
                        builder, claimed, known.getGeneration() + (random.nextInt(10) == 0 ? 1 : 0), segment(known));
        };
    }

    private PublishedSegment segment(ShardSegments known) {
        List<Long> ends = new ArrayList<>(List.of(0L));
        known.getSegmentsList().forEach(each -> ends.add(each.getToSeq()));
        if (known.getSealedSeq() != 0) {
            ends.add(known.getSealedSeq());
        }
        long from = ends.get(random.nextInt(ends.size()));
        long to = random.nextInt(2) > 0 ? ends.getLast() : ends.get(random.nextInt(ends.size()));
        if (random.nextInt(10) == 0) {
            to = random.nextLong(seq + 2);
        }
        return PublishedSegment.newBuilder()
                .setId(random.nextInt(20) == 0 ? "x" : "%064x".formatted(random.nextLong() & Long.MAX_VALUE))
                .setFromSeq(from)
                .setToSeq(to)
                .setExactFromSeq(random.nextInt(10) == 0 ? to - 1 + random.nextInt(8) : to)
                .build();
    }

    private boolean model(SegmentsCommand command) {
        boolean live = !holder.isEmpty() && now < expires;
        return switch (command.getStepCase()) {
            case CLAIM -> {
                String who = command.getClaim().getBuilder();
                boolean own = who.equals(holder);
                if (live && !own) {
                    yield false;
                }
                if (command.getClaim().getTtlMicros() > 0) {
                    epoch = live ? epoch : seq;
                    holder = who;
                    expires = now + command.getClaim().getTtlMicros();
                } else if (own) {
                    holder = "";
                    epoch = 0;
                    expires = 0;
                }
                yield true;
            }
            case SEAL -> {
                boolean admitted = live
                        && command.getSeal().getBuilder().equals(holder)
                        && command.getSeal().getEpoch() == epoch;
                sealed = admitted ? seq : sealed;
                yield admitted;
            }
            case PUBLISH -> {
                var publish = command.getPublish();
                boolean admitted = live
                        && publish.getBuilder().equals(holder)
                        && publish.getEpoch() == epoch
                        && publish.getGeneration() == generation;
                yield admitted && place(publish.getSegment());
            }
            case STEP_NOT_SET -> throw new AssertionError();
        };
    }

    private boolean place(PublishedSegment segment) {
        long from = segment.getFromSeq();
        long to = segment.getToSeq();
        boolean starts = from == 0 || coveredUpTo.containsKey(from);
        boolean ends = coveredUpTo.containsKey(to) || (to == sealed && sealed != 0);
        boolean exact = from < to
                && segment.getExactFromSeq() >= to
                && segment.getExactFromSeq() < seq
                && exactFrom.subMap(from, false, to, true).values().stream()
                        .allMatch(replaced -> replaced <= segment.getExactFromSeq());
        if (!starts || !ends || from >= to || !exact || segment.getId().length() != 64) {
            return false;
        }
        TreeMap<Long, String> after = new TreeMap<>(coveredUpTo);
        after.subMap(from, false, to, true).clear();
        after.put(to, segment.getId());
        if (after.size() > SegmentLedger.MOST_SEGMENTS) {
            return false;
        }
        coveredUpTo = after;
        exactFrom.subMap(from, false, to, true).clear();
        exactFrom.put(to, segment.getExactFromSeq());
        generation++;
        sealed = to == sealed ? 0 : sealed;
        return true;
    }
}
