package io.vectordb.storage;

import io.vectordb.internal.storage.v1.BuildClaim;
import io.vectordb.internal.storage.v1.ClaimBuild;
import io.vectordb.internal.storage.v1.PublishSegment;
import io.vectordb.internal.storage.v1.PublishedSegment;
import io.vectordb.internal.storage.v1.SealGrowing;
import io.vectordb.internal.storage.v1.SegmentsCommand;
import io.vectordb.internal.storage.v1.ShardSegments;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What steps of building segments make of the published segments of a shard. A pure function of the state before, the
 * command and its seq; the only clock is the time in the command.
 *
 * <p>Invariants of the state: the ranges of the segments follow each other from 0 without a hole; {@code sealed_seq} is
 * 0 or beyond them; the generation counts publications; the epoch of a claim is the seq of the entry that made it, so
 * that no two claims have the same. A step that is refused changes nothing.
 */
final class SegmentLedger {

    /** Whoever answers a search goes through all of them: who has so many has to merge first. */
    static final int MOST_SEGMENTS = 64;

    private static final Pattern ID = Pattern.compile("[0-9a-f]{64}");

    private final ShardSegments before;
    private final long nowMicros;
    private final long seq;

    private SegmentLedger(ShardSegments before, long nowMicros, long seq) {
        this.before = before;
        this.nowMicros = nowMicros;
        this.seq = seq;
    }

    /**
     * What became of a step.
     *
     * @param segments after it
     * @param refused why it was; empty when it was done
     * @param sealed whether the growing segments end at its seq
     */
    record Outcome(ShardSegments segments, String refused, boolean sealed) {}

    /** @param seq of the entry of the command */
    static Outcome apply(ShardSegments before, SegmentsCommand command, long seq) {
        SegmentLedger ledger = new SegmentLedger(before, command.getTimeMicros(), seq);
        return switch (command.getStepCase()) {
            case CLAIM -> ledger.claim(command.getClaim());
            case SEAL -> ledger.seal(command.getSeal());
            case PUBLISH -> ledger.publish(command.getPublish());
            case STEP_NOT_SET ->
                throw new StorageException("a step about segments of a kind that this program does not know");
        };
    }

    private Outcome claim(ClaimBuild wanted) {
        BuildClaim claim = before.getClaim();
        boolean own = before.hasClaim() && claim.getBuilder().equals(wanted.getBuilder());
        if (isClaimed() && !own) {
            return refused("it is the turn of builder " + claim.getBuilder() + " until " + claim.getExpireMicros()
                    + " by the time of the log, which is " + nowMicros);
        }
        if (wanted.getTtlMicros() == 0) {
            return done(own ? before.toBuilder().clearClaim() : before.toBuilder());
        }
        return done(before.toBuilder()
                .setClaim(BuildClaim.newBuilder()
                        .setBuilder(wanted.getBuilder())
                        .setEpoch(isClaimed() ? claim.getEpoch() : seq)
                        .setExpireMicros(nowMicros + wanted.getTtlMicros())));
    }

    private Outcome seal(SealGrowing seal) {
        return notTheTurnOf(seal.getBuilder(), seal.getEpoch())
                .map(this::refused)
                .orElseGet(
                        () -> new Outcome(before.toBuilder().setSealedSeq(seq).build(), "", true));
    }

    private Outcome publish(PublishSegment publish) {
        Optional<String> reason = notTheTurnOf(publish.getBuilder(), publish.getEpoch());
        if (reason.isEmpty() && publish.getGeneration() != before.getGeneration()) {
            reason = Optional.of("the segments are at generation " + before.getGeneration() + ", expected "
                    + publish.getGeneration());
        }
        PublishedSegment segment = publish.getSegment();
        reason = reason.or(() -> unfit(segment));
        if (reason.isPresent()) {
            return refused(reason.get());
        }
        List<PublishedSegment> after = with(segment);
        if (after.size() > MOST_SEGMENTS) {
            return refused("a shard has at most " + MOST_SEGMENTS + " segments: merge some first");
        }
        boolean sealUsed = segment.getToSeq() == before.getSealedSeq();
        return done(before.toBuilder()
                .setGeneration(before.getGeneration() + 1)
                .clearSegments()
                .addAllSegments(after)
                .setSealedSeq(sealUsed ? 0 : before.getSealedSeq()));
    }

    /** Those before its range, itself, and those behind it. */
    private List<PublishedSegment> with(PublishedSegment segment) {
        List<PublishedSegment> after = new ArrayList<>();
        before.getSegmentsList().stream()
                .filter(each -> each.getToSeq() <= segment.getFromSeq())
                .forEach(after::add);
        after.add(segment);
        before.getSegmentsList().stream()
                .filter(each -> each.getFromSeq() >= segment.getToSeq())
                .forEach(after::add);
        return after;
    }

    private boolean isClaimed() {
        return before.hasClaim() && before.getClaim().getExpireMicros() > nowMicros;
    }

    /** Why this builder may not seal and publish now. */
    private Optional<String> notTheTurnOf(String builder, long epoch) {
        BuildClaim claim = before.getClaim();
        if (!isClaimed()) {
            return Optional.of("builder " + builder + " has no claim that has not run out");
        }
        if (!claim.getBuilder().equals(builder) || claim.getEpoch() != epoch) {
            return Optional.of("it is the turn of builder " + claim.getBuilder() + " in epoch " + claim.getEpoch()
                    + ", not of " + builder + " in epoch " + epoch);
        }
        return Optional.empty();
    }

    /** What keeps the segment from a place among the others. */
    private Optional<String> unfit(PublishedSegment segment) {
        long from = segment.getFromSeq();
        long to = segment.getToSeq();
        if (!ID.matcher(segment.getId()).matches()) {
            return Optional.of("expected an id of 64 hex digits, received \"" + segment.getId() + "\"");
        }
        if (from >= to) {
            return Optional.of("the segment ends at " + to + ", not behind its start at " + from);
        }
        if (from != 0 && !isBoundary(from)) {
            return Optional.of("no published segment ends at " + from + ", where the segment starts");
        }
        if (!isBoundary(to) && to != before.getSealedSeq()) {
            return Optional.of("no published segment ends at " + to
                    + ", where the segment ends, and the last seal is at " + before.getSealedSeq());
        }
        if (segment.getExactFromSeq() < to || segment.getExactFromSeq() >= seq) {
            return Optional.of("the segment is exact from " + segment.getExactFromSeq() + " on, expected its end " + to
                    + " or later, and before this step at " + seq);
        }
        // What ended meanwhile is known by the rows of those that it replaces: none of its rows may be missing there.
        return before.getSegmentsList().stream()
                .filter(each -> each.getFromSeq() >= from && each.getToSeq() <= to)
                .filter(each -> each.getExactFromSeq() > segment.getExactFromSeq())
                .map(each -> "the segment is exact from " + segment.getExactFromSeq()
                        + " on, and one that it replaces from " + each.getExactFromSeq())
                .findFirst();
    }

    private boolean isBoundary(long at) {
        return before.getSegmentsList().stream().anyMatch(each -> each.getToSeq() == at);
    }

    private static Outcome done(ShardSegments.Builder after) {
        return new Outcome(after.build(), "", false);
    }

    private Outcome refused(String why) {
        return new Outcome(before, why, false);
    }
}
