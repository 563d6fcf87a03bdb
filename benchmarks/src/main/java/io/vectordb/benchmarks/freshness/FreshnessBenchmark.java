package io.vectordb.benchmarks.freshness;

import io.grpc.ManagedChannel;
import io.vectordb.rpc.ChannelFactory;
import io.vectordb.segment.VectorBytes;
import io.vectordb.v1.CollectionServiceGrpc;
import io.vectordb.v1.CollectionServiceGrpc.CollectionServiceBlockingStub;
import io.vectordb.v1.Consistency;
import io.vectordb.v1.CreateCollectionRequest;
import io.vectordb.v1.DeleteCollectionRequest;
import io.vectordb.v1.Field;
import io.vectordb.v1.Fields;
import io.vectordb.v1.Nearest;
import io.vectordb.v1.Query;
import io.vectordb.v1.RecordServiceGrpc;
import io.vectordb.v1.RecordServiceGrpc.RecordServiceBlockingStub;
import io.vectordb.v1.Schema;
import io.vectordb.v1.SearchRequest;
import io.vectordb.v1.SearchResponse;
import io.vectordb.v1.SearchServiceGrpc;
import io.vectordb.v1.SearchServiceGrpc.SearchServiceBlockingStub;
import io.vectordb.v1.UpsertRequest;
import io.vectordb.v1.Value;
import io.vectordb.v1.Vector;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * How soon what was written is found, by a client of a running server: the time from the acknowledgement of an upsert to the
 * first eventual search that has it, and what a strong search right after an upsert takes more than an eventual one. Once
 * with nothing else going on, and once beside a writer.
 */
public final class FreshnessBenchmark {

    public static final String USAGE = """
            usage: ./vectordb bench freshness [--grpc HOST:PORT] [--samples N] [--rate N]

            How soon what was written is found, at a server that runs (./vectordb up). Makes the collection bench_freshness,
            and deletes it.

              --grpc HOST:PORT      the server (127.0.0.1:9090)
              --samples N           upserts that are looked for, of each kind (1000)
              --rate N              records a second of the writer beside, in batches of ten (500)
            """;

    private static final String COLLECTION = "bench_freshness";
    private static final int DIMENSION = 384;
    private static final int BASE = 5_000;
    private static final int BATCH = 10;
    private static final long SEED = 42;

    private final CollectionServiceBlockingStub collections;
    private final RecordServiceBlockingStub records;
    private final SearchServiceBlockingStub searches;
    private final int samples;
    private final int rate;
    private final Consumer<String> progress;
    private final AtomicLong written = new AtomicLong();
    private final StringBuilder report = new StringBuilder();

    private FreshnessBenchmark(ManagedChannel channel, int samples, int rate, Consumer<String> progress) {
        this.collections = CollectionServiceGrpc.newBlockingStub(channel);
        this.records = RecordServiceGrpc.newBlockingStub(channel);
        this.searches = SearchServiceGrpc.newBlockingStub(channel);
        this.samples = samples;
        this.rate = rate;
        this.progress = progress;
    }

    /** Runs it all; the report is Markdown. */
    public static String run(String address, int samples, int rate, Consumer<String> progress) {
        try (ChannelFactory channels = new ChannelFactory()) {
            return new FreshnessBenchmark(channels.channel(address), samples, rate, progress).run();
        }
    }

    private String run() {
        delete();
        collections
                .withDeadlineAfter(60, TimeUnit.SECONDS)
                .createCollection(CreateCollectionRequest.newBuilder()
                        .setName(COLLECTION)
                        .setSchema(Schema.newBuilder()
                                .addPrimaryKey("id")
                                .addFields(Field.newBuilder().setName("id").setType("keyword"))
                                .addFields(Field.newBuilder().setName("v").setType("vector(" + DIMENSION + ")")))
                        .build());
        progress.accept("records that are there before, and warm-up");
        Random random = new Random(SEED);
        while (written.get() < BASE) {
            upsert(random, 100);
        }
        measure(random, Math.max(100, samples / 2));
        line("one record looked for among %,d and more of %d dimensions", BASE, DIMENSION);
        show("idle", measure(random, samples));
        AtomicBoolean ended = new AtomicBoolean();
        CompletableFuture<Long> writer = CompletableFuture.supplyAsync(() -> write(ended));
        long begun = System.nanoTime();
        Figures beside = measure(random, samples);
        ended.set(true);
        long others = writer.join();
        show(
                String.format(
                        Locale.ROOT,
                        "beside a writer of %,.0f records/s",
                        others / ((System.nanoTime() - begun) / 1e9)),
                beside);
        delete();
        return report.toString();
    }

    private void delete() {
        collections
                .withDeadlineAfter(60, TimeUnit.SECONDS)
                .deleteCollection(DeleteCollectionRequest.newBuilder()
                        .setCollection(COLLECTION)
                        .setIfExists(true)
                        .build());
    }

    /** What was taken, in milliseconds, sorted. */
    private record Figures(double[] delay, double[] eventual, double[] strong) {}

    private Figures measure(Random random, int count) {
        double[] delay = new double[count];
        double[] eventual = new double[count];
        double[] strong = new double[count];
        for (int i = 0; i < count; i++) {
            float[] known = upsert(random, 1);
            long acknowledged = System.nanoTime();
            while (!isFound(known, Consistency.Level.EVENTUAL)) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
            delay[i] = millis(acknowledged);
            long begun = System.nanoTime();
            isFound(known, Consistency.Level.EVENTUAL);
            eventual[i] = millis(begun);
            float[] next = upsert(random, 1);
            begun = System.nanoTime();
            if (!isFound(next, Consistency.Level.STRONG)) {
                throw new IllegalStateException("a strong search lacks what was acknowledged before it");
            }
            strong[i] = millis(begun);
        }
        Arrays.sort(delay);
        Arrays.sort(eventual);
        Arrays.sort(strong);
        return new Figures(delay, eventual, strong);
    }

    private static double millis(long begun) {
        return (System.nanoTime() - begun) / 1e6;
    }

    /** Some records, acknowledged; the vector of the last. */
    private float[] upsert(Random random, int count) {
        UpsertRequest.Builder request = UpsertRequest.newBuilder().setCollection(COLLECTION);
        float[] vector = new float[DIMENSION];
        for (int i = 0; i < count; i++) {
            for (int c = 0; c < DIMENSION; c++) {
                vector[c] = (float) random.nextGaussian();
            }
            request.addRecords(Fields.newBuilder()
                    .putValues(
                            "id",
                            Value.newBuilder()
                                    .setStringValue("r" + written.getAndIncrement())
                                    .build())
                    .putValues(
                            "v",
                            Value.newBuilder().setVectorValue(vector(vector)).build()));
        }
        records.withDeadlineAfter(60, TimeUnit.SECONDS).upsert(request.build());
        return vector;
    }

    private static Vector.Builder vector(float[] components) {
        return Vector.newBuilder().setFloat32Le(VectorBytes.encode(components));
    }

    private boolean isFound(float[] vector, Consistency.Level level) {
        SearchResponse answer = searches.withDeadlineAfter(60, TimeUnit.SECONDS)
                .search(SearchRequest.newBuilder()
                        .setCollection(COLLECTION)
                        .setQuery(Query.newBuilder()
                                .setNearest(Nearest.newBuilder().setVector(vector(vector))))
                        .setK(1)
                        .setConsistency(Consistency.newBuilder().setLevel(level))
                        .build());
        // Random directions are far from each other: only the same vector is that near.
        return answer.getHitsCount() == 1 && answer.getHits(0).getDistance() < 0.01;
    }

    /** Writes until it is to end; how many records. */
    private long write(AtomicBoolean ended) {
        Random random = new Random(SEED + 1);
        long begun = System.nanoTime();
        long count = 0;
        while (!ended.get()) {
            if (count < rate * ((System.nanoTime() - begun) / 1e9)) {
                upsert(random, BATCH);
                count += BATCH;
            } else {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
        }
        return count;
    }

    private void show(String what, Figures figures) {
        line(
                "- %s: found by eventual searches %s ms after the acknowledgement (p50 / p99 / most); a search takes %s ms, a"
                        + " strong one right after an upsert %s ms: %.1f ms more at the median",
                what,
                quantiles(figures.delay),
                quantiles(figures.eventual),
                quantiles(figures.strong),
                at(figures.strong, 0.5) - at(figures.eventual, 0.5));
    }

    private static double at(double[] sorted, double quantile) {
        return sorted[(int) (quantile * (sorted.length - 1))];
    }

    private static String quantiles(double[] sorted) {
        return String.format(Locale.ROOT, "%.1f / %.1f / %.1f", at(sorted, 0.5), at(sorted, 0.99), at(sorted, 1));
    }

    private void line(String format, Object... values) {
        String text = String.format(Locale.ROOT, format, values);
        progress.accept(text);
        report.append(text).append('\n');
    }
}
