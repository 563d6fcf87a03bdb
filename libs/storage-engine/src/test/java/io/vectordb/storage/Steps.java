package io.vectordb.storage;

import io.vectordb.internal.storage.v1.ClaimBuild;
import io.vectordb.internal.storage.v1.PublishSegment;
import io.vectordb.internal.storage.v1.PublishedSegment;
import io.vectordb.internal.storage.v1.SealGrowing;
import io.vectordb.internal.storage.v1.SegmentsCommand;
import io.vectordb.internal.storage.v1.ShardSegments;
import java.util.List;

/** Steps of building segments, without a time. */
final class Steps {

    private Steps() {}

    static SegmentsCommand.Builder claim(String builder, long ttlMicros) {
        return SegmentsCommand.newBuilder()
                .setClaim(ClaimBuild.newBuilder().setBuilder(builder).setTtlMicros(ttlMicros));
    }

    static SegmentsCommand.Builder seal(String builder, long epoch) {
        return SegmentsCommand.newBuilder()
                .setSeal(SealGrowing.newBuilder().setBuilder(builder).setEpoch(epoch));
    }

    static SegmentsCommand.Builder publish(String builder, long epoch, long generation, PublishedSegment segment) {
        return SegmentsCommand.newBuilder()
                .setPublish(PublishSegment.newBuilder()
                        .setBuilder(builder)
                        .setEpoch(epoch)
                        .setGeneration(generation)
                        .setSegment(segment));
    }

    /** A segment that is exact from its end on, with an id of its range. */
    static PublishedSegment segment(long from, long to) {
        return PublishedSegment.newBuilder()
                .setId("%032x%032x".formatted(from, to))
                .setFromSeq(from)
                .setToSeq(to)
                .setExactFromSeq(to)
                .build();
    }

    /** {@code "0-5 5-9"}. */
    static String ranges(ShardSegments segments) {
        List<String> ranges = segments.getSegmentsList().stream()
                .map(each -> each.getFromSeq() + "-" + each.getToSeq())
                .toList();
        return String.join(" ", ranges);
    }
}
