package io.vectordb.segment;

import static io.vectordb.segment.TestRecords.NEVER;
import static io.vectordb.segment.TestRecords.below;
import static io.vectordb.segment.TestRecords.key;
import static io.vectordb.segment.TestRecords.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.testkit.Seeds;
import io.vectordb.v1.Fields;
import io.vectordb.vectorindex.Metric;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SegmentViewTest {

    private final ShardIndex segment = TestRecords.segment(TestRecords.spec("v", Metric.L2, 2));

    private static VectorQuery query(int k, boolean exact) {
        return new VectorQuery("v", new float[] {0, 0}, k, 50, exact);
    }

    @Test
    void nothingIsSeenBeforeItIsPublished() {
        segment.apply(1, key(1), record(1, "v", 1, 1));
        assertThat(segment.view().records()).isZero();
        assertThat(segment.view().search(query(5, false), Optional.empty(), NEVER))
                .isEmpty();
        segment.publish(1);
        assertThat(segment.view().search(query(5, false), Optional.empty(), NEVER))
                .hasSize(1);
    }

    @Test
    void entriesOfOneSeqAreSeenTogetherAndTheLastOfAKeyWins() {
        segment.apply(1, key(1), record(1, "v", 1, 1));
        segment.publish(1);
        SegmentView before = segment.view();
        segment.apply(2, key(1), record(2, "v", 2, 2));
        segment.apply(2, key(1), record(3, "v", 3, 3));
        segment.apply(2, key(2), record(4, "v", 4, 4));
        segment.apply(2, key(2), null);
        segment.publish(2);
        assertThat(before.first(10, Optional.empty(), NEVER))
                .extracting(SegmentHit::seq)
                .containsExactly(1L);
        List<SegmentHit> now = segment.view().first(10, Optional.empty(), NEVER);
        assertThat(now).extracting(SegmentHit::key).containsExactly(key(1));
        assertThat(segment.view().fields(now.getFirst(), List.of("v"))).isEqualTo(record(3, "v", 3, 3));
    }

    @Test
    void aViewListsTheSegmentsThatItIsMadeOfWithoutAHole() {
        segment.apply(1, key(1), record(1, "v", 1, 1));
        segment.apply(2, key(2), record(2, "v", 2, 2));
        segment.seal(3);
        segment.apply(4, key(1), record(3, "v", 3, 3));
        segment.publish(5);
        List<SegmentView.Segment> list = segment.view().segmentList();
        assertThat(list).extracting(SegmentView.Segment::fromSeq).containsExactly(0L, 3L);
        assertThat(list).extracting(SegmentView.Segment::toSeq).containsExactly(3L, 5L);
        assertThat(list)
                .extracting(SegmentView.Segment::place)
                .containsExactly(SegmentView.Place.MEMORY, SegmentView.Place.GROWING);
        assertThat(list).extracting(SegmentView.Segment::rows).containsExactly(2, 1);
        assertThat(list).extracting(SegmentView.Segment::live).containsExactly(1, 1);
        assertThat(list.stream().mapToLong(SegmentView.Segment::memoryBytes).sum())
                .isEqualTo(segment.view().vectorMemoryBytes());
    }

    @Test
    void tiesFallByKeyHoweverManyThereAre() {
        IntStream.range(0, 100).map(i -> 199 - i).forEach(i -> segment.apply(1, key(i), record(i, "v", 1, 0)));
        segment.publish(1);
        for (boolean exact : List.of(true, false)) {
            assertThat(segment.view().search(query(5, exact), Optional.empty(), NEVER))
                    .extracting(SegmentHit::key)
                    .containsExactly(key(100), key(101), key(102), key(103), key(104));
        }
    }

    @Test
    void vectorsThatAreNotAskedForStayOutButTheirPresenceIsToldToFilters() {
        segment.apply(1, key(1), record(1, "v", -0.0f, Float.MIN_VALUE));
        segment.apply(
                1,
                key(2),
                Fields.newBuilder().putValues("n", TestRecords.number(2)).build());
        segment.publish(1);
        SegmentView view = segment.view();
        List<SegmentHit> hits = view.first(2, Optional.empty(), NEVER);
        Fields without = view.fields(hits.getFirst(), List.of());
        assertThat(without.getValuesOrThrow("v").hasVectorValue()).isTrue();
        assertThat(without.getValuesOrThrow("v").getVectorValue().getFloat32Le())
                .isEmpty();
        assertThat(view.fields(hits.getFirst(), List.of("v"))).isEqualTo(record(1, "v", -0.0f, Float.MIN_VALUE));
        assertThat(view.fields(hits.getLast(), List.of("v")).getValuesMap()).containsOnlyKeys("n");
    }

    @Test
    void noHitsAreWantedAndMoreThanThereAre() {
        segment.apply(1, key(1), record(1, "v", 1, 1));
        segment.publish(1);
        assertThat(segment.view().search(query(0, false), Optional.empty(), NEVER))
                .isEmpty();
        assertThat(segment.view().first(0, Optional.empty(), NEVER)).isEmpty();
        assertThat(segment.view().search(query(10_000, false), Optional.empty(), NEVER))
                .hasSize(1);
        assertThat(segment.view().first(10_000, Optional.empty(), NEVER)).hasSize(1);
    }

    @Test
    void aSearchEndsWhenItIsCancelledEvenIfNothingPassesItsFilter() {
        IntStream.range(0, 3_000).forEach(i -> segment.apply(1, key(i), record(i, "v", i, 1)));
        segment.publish(1);
        for (boolean exact : List.of(true, false)) {
            assertThatThrownBy(() -> segment.view().search(query(5, exact), Optional.of(below(0)), () -> true))
                    .isInstanceOfSatisfying(
                            VectorDbException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
        }
        assertThatThrownBy(() -> segment.view().count(Optional.of(below(0)), () -> true))
                .isInstanceOf(VectorDbException.class);
    }

    @Test
    void aWalkFindsNearlyWhatAScanFindsAndAsManyAsThereAre() {
        Random random = Seeds.random(SegmentViewTest.class);
        ShardIndex large = TestRecords.segment(TestRecords.spec("v", Metric.COSINE, 8));
        int records = PartView.SCAN_BELOW_RECORDS + 500;
        for (int i = 0; i < records + 300; i++) {
            // The last 300 replace records before them, and leave dead rows in the graph.
            large.apply(i + 1, key(i % records), record(i % 100, "v", TestRecords.gaussian(random, 8)));
        }
        large.publish(records + 300);
        SegmentView view = large.view();
        int found = 0;
        int wanted = 0;
        for (int i = 0; i < 20; i++) {
            float[] vector = TestRecords.gaussian(random, 8);
            for (int limit : new int[] {1, 5, 30, 100}) {
                Optional<RowFilter> filter = Optional.of(below(limit));
                List<SegmentHit> exact = view.search(new VectorQuery("v", vector, 40, 1, true), filter, NEVER);
                List<SegmentHit> walked = view.search(new VectorQuery("v", vector, 40, 64, false), filter, NEVER);
                assertThat(walked).hasSameSizeAs(exact);
                Set<Integer> ordinals = new HashSet<>();
                exact.forEach(hit -> ordinals.add(hit.ordinal()));
                wanted += exact.size();
                found += (int) walked.stream()
                        .filter(hit -> ordinals.contains(hit.ordinal()))
                        .count();
            }
        }
        assertThat((double) found / wanted).isGreaterThan(0.95);
    }
}
