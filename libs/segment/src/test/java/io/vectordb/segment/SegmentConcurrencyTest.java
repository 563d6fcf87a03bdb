package io.vectordb.segment;

import static io.vectordb.segment.TestRecords.NEVER;
import static io.vectordb.segment.TestRecords.key;
import static io.vectordb.segment.TestRecords.record;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.testkit.Seeds;
import io.vectordb.v1.Fields;
import io.vectordb.v1.RecordKey;
import io.vectordb.vectorindex.Metric;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** One writer and several readers: each entry gives the two records of a pair the same new number. */
class SegmentConcurrencyTest {

    private static final int PAIRS = 50;
    private static final int ENTRIES = 6_000;
    /** Until each reader has read once: a busy machine may give one no time for long. */
    private static final int MOST_ENTRIES = 200_000;

    private static final int DIMENSION = 4;
    private static final int READERS = 2;

    private final ShardIndex segment = TestRecords.segment(TestRecords.spec("v", Metric.L2, DIMENSION));
    private final AtomicBoolean done = new AtomicBoolean();
    private final CountDownLatch reading = new CountDownLatch(READERS);

    @Test
    void readersSeeWholeEntriesAndOnlyTheLivingWhileTheWriterGoesOn() throws Exception {
        Random random = Seeds.random(SegmentConcurrencyTest.class);
        try (ExecutorService executor = Executors.newFixedThreadPool(READERS)) {
            List<CompletableFuture<Integer>> readers = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                long seed = random.nextLong();
                readers.add(CompletableFuture.supplyAsync(() -> read(new Random(seed)), executor));
            }
            try {
                write(random);
            } finally {
                done.set(true);
            }
            for (CompletableFuture<Integer> reader : readers) {
                assertThat(reader.get()).isPositive();
            }
        }
    }

    private void write(Random random) {
        for (int seq = 1; seq <= ENTRIES || (reading.getCount() > 0 && seq <= MOST_ENTRIES); seq++) {
            int pair = random.nextInt(PAIRS);
            boolean deleted = random.nextInt(5) == 0;
            for (RecordKey key : List.of(key(2 * pair), key(2 * pair + 1))) {
                Fields fields = record(seq, "v", TestRecords.gaussian(random, DIMENSION));
                segment.apply(seq, key, deleted ? null : fields);
            }
            segment.publish(seq);
        }
    }

    private int read(Random random) {
        int reads = 0;
        long lastWatermark = 0;
        while (!done.get()) {
            if (reads == 1) {
                reading.countDown();
            }
            SegmentView view = segment.view();
            assertThat(view.watermark()).isGreaterThanOrEqualTo(lastWatermark);
            lastWatermark = view.watermark();
            checkPairs(view, view.first(1_000, Optional.empty(), NEVER));
            float[] vector = TestRecords.gaussian(random, DIMENSION);
            checkPairs(view, view.search(new VectorQuery("v", vector, 1_000, 10, false), Optional.empty(), NEVER));
            reads++;
        }
        return reads;
    }

    /** All living records, each once, both of a pair of the same entry, none newer than the view. */
    private static void checkPairs(SegmentView view, List<SegmentHit> hits) {
        assertThat(hits).hasSize(view.records());
        Map<RecordKey, Long> seqs = new HashMap<>();
        for (SegmentHit hit : hits) {
            assertThat(hit.seq()).isBetween(1L, view.watermark());
            assertThat(seqs.put(hit.key(), hit.seq())).isNull();
            assertThat(view.fields(hit, List.of()).getValuesOrThrow("n").getIntValue())
                    .isEqualTo(hit.seq());
        }
        for (int pair = 0; pair < PAIRS; pair++) {
            assertThat(seqs.get(key(2 * pair))).isEqualTo(seqs.get(key(2 * pair + 1)));
        }
    }
}
