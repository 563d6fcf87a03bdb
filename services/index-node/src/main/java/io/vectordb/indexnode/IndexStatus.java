package io.vectordb.indexnode;

import io.vectordb.internal.index.v1.BuildStatus;
import io.vectordb.internal.index.v1.GetViewsResponse;
import io.vectordb.internal.index.v1.SegmentStatus;
import io.vectordb.internal.index.v1.ViewStatus;
import io.vectordb.segment.SegmentView;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** What a node tells of its views and of what it builds. */
final class IndexStatus {

    private IndexStatus() {}

    static GetViewsResponse of(ShardViews views) {
        GetViewsResponse.Builder response = GetViewsResponse.newBuilder();
        views.all().forEach(each -> response.addViews(view(each.follower())));
        views.builder().building().map(IndexStatus::build).ifPresent(response::setBuild);
        return response.build();
    }

    private static ViewStatus view(ShardFollower follower) {
        ViewStatus.Builder status = ViewStatus.newBuilder()
                .setShard(follower.shard().getUid())
                .setRowsLoaded(follower.rowsLoaded())
                .setRowsExpected(follower.rowsExpected())
                .setSinceConfirmedMicros(follower.sinceConfirmed().toNanos() / 1_000);
        follower.view().ifPresent(view -> {
            status.setServing(!follower.isBuilding())
                    .setSeq(view.watermark())
                    .setRecords(view.records())
                    .setOrdinals(view.ordinals())
                    .setMemoryBytes(view.vectorMemoryBytes())
                    .setMappedBytes(view.mappedBytes());
            view.segmentList().stream().map(IndexStatus::segment).forEach(status::addSegments);
        });
        return status.build();
    }

    private static SegmentStatus segment(SegmentView.Segment segment) {
        return SegmentStatus.newBuilder()
                .setFromSeq(segment.fromSeq())
                .setToSeq(segment.toSeq())
                .setPlace(place(segment.place()))
                .setRows(segment.rows())
                .setLive(segment.live())
                .setMemoryBytes(segment.memoryBytes())
                .setMappedBytes(segment.mappedBytes())
                .build();
    }

    private static SegmentStatus.Place place(SegmentView.Place place) {
        return switch (place) {
            case GROWING -> SegmentStatus.Place.GROWING;
            case MEMORY -> SegmentStatus.Place.MEMORY;
            case FILES -> SegmentStatus.Place.FILES;
        };
    }

    private static BuildStatus build(SegmentBuilder.Building building) {
        return BuildStatus.newBuilder()
                .setShard(building.shardUid())
                .setPhase(building.phase().name().toLowerCase(Locale.ROOT))
                .setSincePhaseMicros(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - building.sinceNanos()))
                .setFromSeq(building.fromSeq())
                .setToSeq(building.toSeq())
                .build();
    }
}
