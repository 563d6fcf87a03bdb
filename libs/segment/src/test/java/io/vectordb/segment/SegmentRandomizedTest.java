package io.vectordb.segment;

import static io.vectordb.segment.TestRecords.NEVER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vectordb.schema.RecordKeys;
import io.vectordb.testkit.Seeds;
import io.vectordb.v1.Fields;
import io.vectordb.v1.RecordKey;
import io.vectordb.v1.Value;
import io.vectordb.vectorindex.MemoryBudget;
import io.vectordb.vectorindex.Metric;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Random changes against a sorted map, asked at random moments; older views are asked again later. */
class SegmentRandomizedTest {

    private static final int DIMENSION = 3;
    private static final int KEYS = 300;
    private static final List<VectorFieldSpec> SPECS = List.of(
            TestRecords.spec("near", Metric.L2, DIMENSION),
            TestRecords.spec("dot", Metric.DOT, DIMENSION),
            TestRecords.spec("cos", Metric.COSINE, DIMENSION));

    private final Random random = Seeds.random(SegmentRandomizedTest.class);
    private final ShardIndex segment = new ShardIndex(SPECS, MemoryBudget.unlimited());
    private final TreeMap<RecordKey, Stored> model = new TreeMap<>(RecordKeys.ORDER);

    /** What the model holds of a record. */
    private record Stored(long seq, Fields fields) {}

    private record Moment(SegmentView view, TreeMap<RecordKey, Stored> records) {}

    private record Expected(RecordKey key, double distance) {}

    @Test
    void viewsAnswerAsOfTheirWatermarkWhateverComesAfter() {
        List<Moment> moments = new ArrayList<>();
        for (long seq = 1; seq <= 1_500; seq++) {
            int changes = 1 + random.nextInt(4);
            for (int i = 0; i < changes; i++) {
                change(seq);
            }
            if (random.nextInt(20) == 0) {
                segment.publish(seq);
                Moment moment = new Moment(segment.view(), new TreeMap<>(model));
                assertThat(moment.view().watermark()).isEqualTo(seq);
                moments.add(moment);
                check(moment);
                check(moments.get(random.nextInt(moments.size())));
            }
        }
        moments.forEach(this::check);
    }

    private void change(long seq) {
        RecordKey key = TestRecords.key(random.nextInt(KEYS));
        if (random.nextInt(4) == 0) {
            segment.apply(seq, key, null);
            model.remove(key);
            return;
        }
        Fields.Builder fields = Fields.newBuilder().putValues("n", TestRecords.number(random.nextInt(100)));
        for (VectorFieldSpec spec : SPECS) {
            if (random.nextInt(5) != 0) {
                fields.putValues(spec.name(), TestRecords.vector(smallVector()));
            }
        }
        segment.apply(seq, key, fields.build());
        model.put(key, new Stored(seq, fields.build()));
    }

    /** Few different vectors, so that many distances are equal, and exact in floats. */
    private float[] smallVector() {
        float[] vector = new float[DIMENSION];
        do {
            for (int i = 0; i < DIMENSION; i++) {
                vector[i] = random.nextInt(3) - 1;
            }
        } while (vector[0] == 0 && vector[1] == 0 && vector[2] == 0);
        return vector;
    }

    private void check(Moment moment) {
        long limit = random.nextInt(110);
        Predicate<Fields> passes = fields -> fields.getValuesOrThrow("n").getIntValue() < limit;
        SegmentView view = moment.view();
        assertThat(view.records()).isEqualTo(moment.records().size());
        assertThat(view.count(Optional.empty(), NEVER))
                .isEqualTo(moment.records().size());
        assertThat(view.liveKeys())
                .containsExactlyInAnyOrderElementsOf(moment.records().keySet());
        assertThat(view.count(Optional.of(TestRecords.below(limit)), NEVER))
                .isEqualTo(moment.records().values().stream()
                        .filter(stored -> passes.test(stored.fields()))
                        .count());
        checkFirst(moment, limit, passes);
        float[] query = smallVector();
        for (VectorFieldSpec spec : SPECS) {
            checkSearch(moment, spec, query, Optional.empty(), fields -> true);
            checkSearch(moment, spec, query, Optional.of(limit), passes);
        }
    }

    private void checkFirst(Moment moment, long limit, Predicate<Fields> passes) {
        int k = random.nextInt(40);
        List<SegmentHit> first = moment.view().first(k, Optional.of(TestRecords.below(limit)), NEVER);
        assertThat(first.stream().map(SegmentHit::key))
                .containsExactlyElementsOf(moment.records().entrySet().stream()
                        .filter(entry -> passes.test(entry.getValue().fields()))
                        .map(Map.Entry::getKey)
                        .limit(k)
                        .toList());
        first.forEach(hit -> checkRecord(moment, hit));
    }

    private void checkRecord(Moment moment, SegmentHit hit) {
        Stored stored = Objects.requireNonNull(moment.records().get(hit.key()), "a record that is not there");
        assertThat(hit.seq()).isEqualTo(stored.seq());
        List<String> vectors = SPECS.stream().map(VectorFieldSpec::name).toList();
        assertThat(moment.view().fields(hit, vectors)).isEqualTo(stored.fields());
    }

    private void checkSearch(
            Moment moment, VectorFieldSpec spec, float[] query, Optional<Long> limit, Predicate<Fields> passes) {
        int k = 1 + random.nextInt(30);
        List<Expected> expected = moment.records().entrySet().stream()
                .filter(entry -> passes.test(entry.getValue().fields())
                        && entry.getValue().fields().containsValues(spec.name()))
                .map(entry -> new Expected(
                        entry.getKey(), distance(spec, entry.getValue().fields(), query)))
                .sorted(Comparator.comparingDouble(Expected::distance).thenComparing(Expected::key, RecordKeys.ORDER))
                .limit(k)
                .toList();
        VectorQuery asked = new VectorQuery(spec.name(), query, k, 50, random.nextBoolean());
        List<SegmentHit> hits = moment.view().search(asked, limit.map(TestRecords::below), NEVER);
        assertThat(hits).hasSameSizeAs(expected);
        for (int i = 0; i < hits.size(); i++) {
            assertThat(hits.get(i).distance()).isCloseTo(expected.get(i).distance(), within(1e-7));
            checkRecord(moment, hits.get(i));
        }
        // Under cosine, vectors of one direction and different lengths differ by rounding.
        if (spec.metric() != Metric.COSINE) {
            assertThat(hits.stream().map(SegmentHit::key))
                    .containsExactlyElementsOf(
                            expected.stream().map(Expected::key).toList());
        }
    }

    private static double distance(VectorFieldSpec spec, Fields fields, float[] query) {
        Value value = fields.getValuesOrThrow(spec.name());
        float[] vector = VectorBytes.decode(value.getVectorValue().getFloat32Le());
        double dot = 0;
        double squares = 0;
        double own = 0;
        double asked = 0;
        for (int i = 0; i < DIMENSION; i++) {
            dot += (double) vector[i] * query[i];
            squares += Math.pow((double) vector[i] - query[i], 2);
            own += (double) vector[i] * vector[i];
            asked += (double) query[i] * query[i];
        }
        return switch (spec.metric()) {
            case L2 -> Math.sqrt(squares);
            case DOT -> -dot;
            case COSINE -> 1 - dot / Math.sqrt(own * asked);
        };
    }
}
