package io.vectordb.benchmarks.segments;

import io.vectordb.benchmarks.data.Dataset;
import io.vectordb.segment.SealedSegment;
import io.vectordb.segment.SegmentHit;
import io.vectordb.segment.ShardIndex;
import io.vectordb.segment.VectorBytes;
import io.vectordb.segment.VectorFieldSpec;
import io.vectordb.segment.VectorQuery;
import io.vectordb.v1.Fields;
import io.vectordb.v1.RecordKey;
import io.vectordb.v1.Value;
import io.vectordb.v1.Vector;
import io.vectordb.vectorindex.GrowingVectorIndex;
import io.vectordb.vectorindex.HnswParameters;
import io.vectordb.vectorindex.MemoryBudget;
import io.vectordb.vectorindex.Metric;
import io.vectordb.vectorindex.Quantization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The view of one shard, as an index node has it, without network: records of one vector and a few fields are taken in
 * beside the bare graph, sealed into files, opened again, merged while it is searched, and replaced again and again.
 */
public final class SegmentsBenchmark {

    public static final String USAGE = """
            usage: ./vectordb bench segments [DATASET] [--rounds N]

            The view of a shard: taking in, sealing, opening, merging, searching meanwhile (sec-minilm-384).

              --rounds N            times that every record is replaced (5)
            """;

    private static final int K = 10;
    private static final int EF_SEARCH = 100;
    private static final int PARTS = 4;
    private static final int PASSES = 3;
    private static final long SEED = 42;

    private final Dataset data;
    private final Path folder;
    private final int rounds;
    private final Consumer<String> progress;
    private final StringBuilder report = new StringBuilder();
    private final VectorFieldSpec field;
    private final MemoryBudget budget = MemoryBudget.unlimited();
    private int segments;

    public SegmentsBenchmark(Dataset data, Path folder, int rounds, Consumer<String> progress) {
        this.data = data;
        this.folder = folder;
        this.rounds = rounds;
        this.progress = progress;
        this.field = new VectorFieldSpec(
                "v", Metric.COSINE, data.base().dimension(), new HnswParameters(16, 100, SEED), Quantization.INT4);
    }

    /** Runs it all; the report is Markdown. */
    public String run() throws IOException {
        delete(folder);
        Files.createDirectories(folder);
        int records = data.base().size();
        line("%s, %,d records of %d dimensions and 3 fields, one thread", data.name(), records, field.dimension());
        double[] bare = new double[PASSES];
        double[] own = new double[PASSES];
        ShardIndex index = new ShardIndex(List.of(field), budget);
        for (int pass = 0; pass < PASSES; pass++) {
            progress.accept("taking in, pass " + (pass + 1));
            index.close();
            bare[pass] = bareGraph(records);
            ShardIndex fresh = new ShardIndex(List.of(field), budget);
            own[pass] = seconds(() -> takeIn(fresh, 0, records, 0));
            index = fresh;
        }
        // The first pass is that of a cold machine.
        double best = Arrays.stream(bare).skip(1).min().orElseThrow();
        double bestOwn = Arrays.stream(own).skip(1).min().orElseThrow();
        line(
                "- taking in: %,.0f records/s, the bare graph %,.0f vectors/s: %.2fx",
                records / bestOwn, records / best, best / bestOwn);
        index.publish(records);
        seal(index, records);
        searchWhileMerging();
        churn(records);
        delete(folder);
        return report.toString();
    }

    private double bareGraph(int records) {
        try (GrowingVectorIndex graph = new GrowingVectorIndex(
                field.metric(), field.dimension(), field.parameters(), field.quantization(), budget)) {
            return seconds(() -> {
                for (int i = 0; i < records; i++) {
                    graph.add(i, data.base().get(i));
                }
            });
        }
    }

    private void takeIn(ShardIndex index, int from, int to, long seq) {
        for (int i = from; i < to; i++) {
            index.apply(seq + i + 1, key(i), record(i, data.base().get(i)));
        }
    }

    private static RecordKey key(int number) {
        return RecordKey.newBuilder().setStringKey("record-" + number).build();
    }

    private Fields record(int number, float[] vector) {
        return Fields.newBuilder()
                .putValues("number", Value.newBuilder().setIntValue(number).build())
                .putValues(
                        "form",
                        Value.newBuilder().setStringValue("form " + number % 7).build())
                .putValues(
                        "text",
                        Value.newBuilder()
                                .setStringValue("text ".repeat(100) + number)
                                .build())
                .putValues(
                        "v",
                        Value.newBuilder()
                                .setVectorValue(Vector.newBuilder().setFloat32Le(VectorBytes.encode(vector)))
                                .build())
                .build();
    }

    private void seal(ShardIndex index, int records) throws IOException {
        progress.accept("sealing");
        index.seal(records);
        index.publish(records);
        Path[] written = new Path[1];
        double writing = seconds(() -> written[0] = write(index, 0, records));
        long bytes = size(written[0]);
        double opening = seconds(() -> open(written[0]));
        SealedSegment[] opened = new SealedSegment[1];
        double again = seconds(() -> opened[0] = open(written[0]));
        double swapping = seconds(() -> index.replace(opened[0], records));
        index.publish(records);
        line(
                "- written to files in %.1f s (%,.0f records/s, %,d MB); opened in %.2f s, again in %.2f s; swapped in %.3f s",
                writing, records / writing, bytes >> 20, opening, again, swapping);
        line("- recall@10 of the files: %.4f", recall(index));
        index.close();
    }

    private Path write(ShardIndex index, long from, long to) {
        Path target = folder.resolve("segment-" + segments++);
        try {
            Files.createDirectories(target);
            ShardIndex.Build build = index.build(from, to);
            if (build == null) {
                throw new IllegalStateException("(" + from + ", " + to + "] is not sealed");
            }
            build.write(target, () -> false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return target;
    }

    private SealedSegment open(Path segment) {
        try (Stream<Path> all = Files.list(segment)) {
            Map<String, Path> files = new HashMap<>();
            all.forEach(file -> files.put(file.getFileName().toString(), file));
            return SealedSegment.open(files, budget, () -> {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long size(Path segment) throws IOException {
        try (Stream<Path> all = Files.list(segment)) {
            return all.mapToLong(file -> file.toFile().length()).sum();
        }
    }

    /** Four segments of files; searched idle, while they become one, and after. */
    private void searchWhileMerging() {
        progress.accept("merging");
        int records = data.base().size();
        ShardIndex index = new ShardIndex(List.of(field), budget);
        for (int part = 0; part < PARTS; part++) {
            int to = (int) ((long) records * (part + 1) / PARTS);
            int from = (int) ((long) records * part / PARTS);
            takeIn(index, from, to, 0);
            index.seal(to);
            index.publish(to);
            index.replace(open(write(index, from, to)), to);
            index.publish(to);
        }
        searches(index, 1_000);
        double[] idle = searches(index, 4_000);
        CompletableFuture<Path> merged = CompletableFuture.supplyAsync(() -> write(index, 0, records));
        List<double[]> meanwhile = new ArrayList<>();
        double merging = seconds(() -> {
            do {
                meanwhile.add(searches(index, 200));
            } while (!merged.isDone());
        });
        double[] during =
                meanwhile.stream().flatMapToDouble(Arrays::stream).sorted().toArray();
        index.replace(open(merged.join()), records);
        index.publish(records);
        double[] one = searches(index, 4_000);
        line(
                "- searches (k=10, one thread), p50 / p99 microseconds: %d segments %s; while they are merged (%.1f s) %s,"
                        + " p99 %.1fx; as one %s",
                PARTS, quantiles(idle), merging, quantiles(during), at(during, 0.99) / at(idle, 0.99), quantiles(one));
        index.close();
    }

    private double[] searches(ShardIndex index, int count) {
        double[] micros = new double[count];
        for (int i = 0; i < count; i++) {
            VectorQuery query =
                    new VectorQuery("v", data.queries().get(i % data.queries().size()), K, EF_SEARCH, false);
            long begun = System.nanoTime();
            index.view().search(query, Optional.empty(), () -> false);
            micros[i] = (System.nanoTime() - begun) / 1e3;
        }
        Arrays.sort(micros);
        return micros;
    }

    private static double at(double[] sorted, double quantile) {
        return sorted[(int) (quantile * (sorted.length - 1))];
    }

    private static String quantiles(double[] sorted) {
        return String.format(Locale.ROOT, "%.0f / %.0f", at(sorted, 0.5), at(sorted, 0.99));
    }

    /** Every record is replaced again and again, a fifth of them at a time, sealed and merged as an index node does. */
    private void churn(int records) throws IOException {
        progress.accept("replacing");
        int step = records / 5;
        Random random = new Random(SEED);
        ShardIndex index = new ShardIndex(List.of(field), budget);
        List<Path> folders = new ArrayList<>();
        long seq = 0;
        int[] order = new int[records];
        Arrays.setAll(order, i -> i);
        double seconds = 0;
        for (int round = 0; round <= rounds; round++) {
            shuffle(order, random);
            for (int from = 0; from < records; from += step) {
                int to = Math.min(records, from + step);
                long begun = System.nanoTime();
                for (int i = from; i < to; i++) {
                    index.apply(
                            ++seq, key(order[i]), record(order[i], data.base().get(order[i])));
                }
                index.seal(seq);
                index.publish(seq);
                long last = seq;
                ShardIndex.Sealed newest = index.sealed().getLast();
                folders.add(write(index, newest.fromSeq(), last));
                index.replace(open(folders.getLast()), last);
                index.publish(last);
                merge(index, folders, last);
                seconds += (System.nanoTime() - begun) / 1e9;
            }
        }
        long live = index.sealed().stream().mapToLong(ShardIndex.Sealed::live).sum();
        long rows = index.sealed().stream().mapToLong(ShardIndex.Sealed::rows).sum();
        long mapped = index.view().mappedBytes();
        long memory = index.view().vectorMemoryBytes();
        double churned = recall(index);
        line(
                "- after %,d changes of %,d records (%,.0f/s, sealing and merging in turn): %d segments, %.0f %% dead,"
                        + " %,d MB mapped, %,d MB in memory, recall@10 %.4f",
                seq,
                live,
                seq / seconds,
                index.sealed().size(),
                100.0 * (rows - live) / rows,
                mapped >> 20,
                memory >> 20,
                churned);
        index.close();
        ShardIndex fresh = new ShardIndex(List.of(field), budget);
        takeIn(fresh, 0, records, 0);
        fresh.seal(records);
        fresh.publish(records);
        fresh.replace(open(write(fresh, 0, records)), records);
        fresh.publish(records);
        line(
                "- built afresh: %,d MB mapped, %,d MB in memory, recall@10 %.4f: %.2fx, %.2fx, %+.4f",
                fresh.view().mappedBytes() >> 20,
                fresh.view().vectorMemoryBytes() >> 20,
                recall(fresh),
                (double) mapped / fresh.view().mappedBytes(),
                (double) memory / fresh.view().vectorMemoryBytes(),
                churned - recall(fresh));
        fresh.close();
    }

    /** As an index node chooses: all from the first that is not larger than the younger ones together. */
    private void merge(ShardIndex index, List<Path> folders, long seq) {
        List<ShardIndex.Sealed> sealed = index.sealed();
        long younger = 0;
        int first = -1;
        for (int i = sealed.size() - 1; i >= 0; i--) {
            if (i < sealed.size() - 1 && younger >= sealed.get(i).live()) {
                first = i;
            }
            younger += sealed.get(i).live();
        }
        if (first >= 0) {
            folders.add(
                    write(index, sealed.get(first).fromSeq(), sealed.getLast().toSeq()));
            index.replace(open(folders.getLast()), seq);
            index.publish(seq);
        }
    }

    private static void shuffle(int[] order, Random random) {
        for (int i = order.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int kept = order[i];
            order[i] = order[j];
            order[j] = kept;
        }
    }

    private double recall(ShardIndex index) {
        int found = 0;
        int queries = Math.min(500, data.queries().size());
        for (int q = 0; q < queries; q++) {
            float[] vector = data.queries().get(q);
            Set<RecordKey> exact = new HashSet<>();
            index.view()
                    .search(new VectorQuery("v", vector, K, EF_SEARCH, true), Optional.empty(), () -> false)
                    .forEach(hit -> exact.add(hit.key()));
            found +=
                    (int) index
                            .view()
                            .search(new VectorQuery("v", vector, K, EF_SEARCH, false), Optional.empty(), () -> false)
                            .stream()
                            .map(SegmentHit::key)
                            .filter(exact::contains)
                            .count();
        }
        return (double) found / (queries * K);
    }

    private static double seconds(Runnable work) {
        long begun = System.nanoTime();
        work.run();
        return (System.nanoTime() - begun) / 1e9;
    }

    private void line(String format, Object... values) {
        String text = String.format(Locale.ROOT, format, values);
        progress.accept(text);
        report.append(text).append('\n');
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
