package io.vectordb.coordinator;

import com.google.protobuf.Duration;
import io.vectordb.common.Seq;
import io.vectordb.coordinator.ClusterSurvey.NodeAnswer;
import io.vectordb.internal.index.v1.BuildStatus;
import io.vectordb.internal.index.v1.SegmentStatus;
import io.vectordb.internal.index.v1.ViewStatus;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.v1.IndexBuild;
import io.vectordb.v1.IndexSegment;
import io.vectordb.v1.IndexView;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What index nodes told of their views, as clients see it. */
final class IndexMessages {

    private static final long UNKNOWN = ClusterMessages.UNKNOWN;

    private IndexMessages() {}

    /** @param furthest the log index that the furthest replica has; -1: not known */
    static IndexView view(ShardState shard, NodeAnswer answer, long furthest) {
        IndexView.Builder view = IndexView.newBuilder()
                .setNode(answer.node().getId())
                .setWatermark(UNKNOWN)
                .setLag(UNKNOWN);
        if (!answer.answered()) {
            return view.setState(ClusterMessages.UNREACHABLE)
                    .setReason(answer.failure())
                    .build();
        }
        Optional<ViewStatus> found = answer.index().getViewsList().stream()
                .filter(each -> each.getShard().equals(shard.getUid()))
                .findFirst();
        if (found.isEmpty()) {
            return view.setState(ClusterMessages.MISSING)
                    .setReason("node " + answer.node().getId() + " does not follow this shard")
                    .build();
        }
        fill(view, found.get(), furthest);
        BuildStatus build = answer.index().getBuild();
        if (build.getShard().equals(shard.getUid())) {
            view.setBuild(build(build));
        }
        return view.build();
    }

    private static void fill(IndexView.Builder view, ViewStatus status, long furthest) {
        view.setState(status.getServing() ? "serving" : "building")
                .setSinceConfirmed(duration(status.getSinceConfirmedMicros()));
        if (!status.getServing()) {
            view.setReason(status.getRowsLoaded() + " of about " + status.getRowsExpected() + " records taken in");
        }
        if (status.getSegmentsCount() == 0) {
            return;
        }
        // The last entries of a log may be without data, which views need not know of.
        long watermark = Seq.ofLong(status.getSeq()).logIndex();
        view.setWatermark(watermark)
                .setLag(furthest < 0 ? UNKNOWN : Math.max(0, furthest - watermark))
                .setSegments(status.getSegmentsCount())
                .setRecords(status.getRecords())
                .setRows(status.getOrdinals())
                .setMemoryBytes(status.getMemoryBytes())
                .setMappedBytes(status.getMappedBytes());
        status.getSegmentsList().forEach(segment -> view.addSegmentList(segment(segment)));
    }

    private static IndexSegment segment(SegmentStatus status) {
        return IndexSegment.newBuilder()
                .setFromSeq(status.getFromSeq())
                .setToSeq(status.getToSeq())
                .setPlace(place(status.getPlace()))
                .setRows(status.getRows())
                .setLiveRows(status.getLive())
                .setMemoryBytes(status.getMemoryBytes())
                .setMappedBytes(status.getMappedBytes())
                .build();
    }

    private static String place(SegmentStatus.Place place) {
        return switch (place) {
            case GROWING -> "growing";
            case MEMORY -> "memory";
            case FILES -> "files";
            // Of a node of another release.
            case PLACE_UNSPECIFIED, UNRECOGNIZED -> "";
        };
    }

    private static IndexBuild build(BuildStatus status) {
        return IndexBuild.newBuilder()
                .setPhase(status.getPhase())
                .setSincePhase(duration(status.getSincePhaseMicros()))
                .setFromSeq(status.getFromSeq())
                .setToSeq(status.getToSeq())
                .build();
    }

    private static Duration duration(long micros) {
        return Durations.ofNanos(TimeUnit.MICROSECONDS.toNanos(micros));
    }
}
