package io.vectordb.benchmarks.storage;

import com.google.protobuf.ByteString;
import io.vectordb.internal.storage.v1.GetRequest;
import io.vectordb.internal.storage.v1.KeyInBucket;
import io.vectordb.internal.storage.v1.RecordOp;
import io.vectordb.internal.storage.v1.StorageServiceGrpc;
import io.vectordb.internal.storage.v1.StoredRecord;
import io.vectordb.internal.storage.v1.TailRequest;
import io.vectordb.internal.storage.v1.TailResponse;
import io.vectordb.internal.storage.v1.WriteRequest;
import io.vectordb.internal.storage.v1.WriteUnit;
import io.vectordb.v1.Fields;
import io.vectordb.v1.RecordKey;
import io.vectordb.v1.Value;
import io.vectordb.v1.Vector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * What storage nodes do, as processes on this machine: writes in batches beside plain synced RocksDB in the same rounds,
 * single-row writers alone and many at once, reads, the change feed, and how long it takes until writes go on after a kill.
 */
public final class StorageBenchmark {

    public static final String USAGE = """
            usage: ./vectordb bench storage [options]

            Starts a metadata service and storage nodes on loopback, in benchmarks/target/storage.

              --replicas A,B,..     of the shard (1,3)
              --warm-up N           seconds of writes before the first measurement (60)
              --seconds N           of each measurement (5)
              --rounds N            interleaved rounds of writes (3)
              --records N           before a node is killed and started again (200000)
            """;

    private static final int VECTOR_BYTES = 384 * Float.BYTES;
    private static final int[] BATCHES = {1, 100, 1_000};
    private static final int WRITERS = 64;
    private static final int LOAD_BATCH = 1_000;
    private static final int PAGE_BYTES = 4 << 20;
    private static final long KEPT_CHANGES = 100_000;

    /** Operations a second, and the time that 99 of 100 take at most. */
    private record Rate(double perSecond, double p99Millis) {}

    private final Path root;
    private final StorageOptions options;
    private final Consumer<String> progress;
    private final StringBuilder table = new StringBuilder();
    private final AtomicLong keys = new AtomicLong();
    private final AtomicLong plainKeys = new AtomicLong();

    public StorageBenchmark(Path root, StorageOptions options, Consumer<String> progress) {
        this.root = root;
        this.options = options;
        this.progress = progress;
    }

    /** Runs it all; the report is a table in Markdown. */
    public String run() throws IOException {
        Path target = root.resolve("benchmarks/target/storage");
        for (int replicas : options.replicas()) {
            Path folder = target.resolve("replicas-" + replicas);
            if (Files.exists(folder)) {
                StorageCluster.delete(folder);
            }
            Files.createDirectories(folder);
            keys.set(0);
            progress.accept("starting " + replicas + " storage node(s)");
            try (StorageCluster cluster = new StorageCluster(root, folder, replicas);
                    PlainRocks plain = new PlainRocks(folder.resolve("plain"))) {
                table.append("## ").append(replicas).append(replicas == 1 ? " replica\n\n" : " replicas\n\n");
                warmUp(cluster, plain);
                writes(cluster, plain);
                concurrentWriters(cluster);
                reads(cluster);
                feed(cluster);
                if (replicas > 1) {
                    leaderLost(cluster);
                } else {
                    restart(cluster);
                }
            }
            StorageCluster.delete(folder);
        }
        return table.toString();
    }

    private void warmUp(StorageCluster cluster, PlainRocks plain) {
        progress.accept("warming up");
        for (int batch : BATCHES) {
            rate(1, options.warmUp() / BATCHES.length, _ -> write(cluster, batch));
            rate(1, options.seconds() / 2, _ -> plain.write(rows(batch)));
        }
    }

    private void writes(StorageCluster cluster, PlainRocks plain) {
        table.append(
                "| rows in a batch | ours, rows/s | p99 ms | plain RocksDB, rows/s | p99 ms | ratio | of rounds |\n");
        table.append("| --: | --: | --: | --: | --: | --: | --: |\n");
        for (int batch : BATCHES) {
            rate(1, options.seconds() / 2, _ -> write(cluster, batch));
            List<Rate> ours = new ArrayList<>();
            List<Rate> theirs = new ArrayList<>();
            for (int round = 0; round < options.rounds(); round++) {
                progress.accept("batches of " + batch + ", round " + (round + 1));
                ours.add(rate(1, options.seconds(), _ -> write(cluster, batch)));
                theirs.add(rate(1, options.seconds(), _ -> plain.write(rows(batch))));
            }
            double[] ratios = new double[ours.size()];
            Arrays.setAll(ratios, i -> ours.get(i).perSecond() / theirs.get(i).perSecond());
            Arrays.sort(ratios);
            table.append(String.format(
                    Locale.ROOT,
                    "| %,d | %,.0f | %.1f | %,.0f | %.1f | %.2fx | %.2fx to %.2fx |%n",
                    batch,
                    median(ours).perSecond() * batch,
                    median(ours).p99Millis(),
                    median(theirs).perSecond() * batch,
                    median(theirs).p99Millis(),
                    ratios[ratios.length / 2],
                    ratios[0],
                    ratios[ratios.length - 1]));
        }
        table.append('\n');
    }

    private void concurrentWriters(StorageCluster cluster) {
        progress.accept(WRITERS + " writers of single rows");
        rate(WRITERS, options.seconds() / 2, _ -> write(cluster, 1));
        List<Rate> one = new ArrayList<>();
        List<Rate> many = new ArrayList<>();
        for (int round = 0; round < options.rounds(); round++) {
            one.add(rate(1, options.seconds(), _ -> write(cluster, 1)));
            many.add(rate(WRITERS, options.seconds(), _ -> write(cluster, 1)));
        }
        table.append(String.format(
                Locale.ROOT,
                "- single rows: 1 writer %,.0f rows/s, %d writers %,.0f rows/s (p99 %.1f ms), %.1fx%n",
                median(one).perSecond(),
                WRITERS,
                median(many).perSecond(),
                median(many).p99Millis(),
                median(many).perSecond() / median(one).perSecond()));
    }

    private void reads(StorageCluster cluster) {
        progress.accept("reads");
        SplittableRandom random = new SplittableRandom(7);
        long written = keys.get();
        for (GetRequest.Level level : List.of(GetRequest.Level.LINEARIZABLE, GetRequest.Level.LOCAL)) {
            LongConsumer read = _ -> cluster.call(
                    StorageServiceGrpc.getGetMethod(),
                    GetRequest.newBuilder()
                            .setShard(cluster.shard())
                            .setLevel(level)
                            .addKeys(KeyInBucket.newBuilder().setKey(key(nextLong(random, written))))
                            .build());
            rate(1, options.seconds() / 2, read);
            Rate one = rate(1, options.seconds(), read);
            Rate many = rate(16, options.seconds(), read);
            table.append(String.format(
                    Locale.ROOT,
                    "- reads, %s: 1 reader %,.0f/s (p99 %.1f ms), 16 readers %,.0f/s (p99 %.1f ms)%n",
                    level.name().toLowerCase(Locale.ROOT),
                    one.perSecond(),
                    one.p99Millis(),
                    many.perSecond(),
                    many.p99Millis()));
        }
    }

    private static long nextLong(SplittableRandom random, long bound) {
        synchronized (random) {
            return random.nextLong(bound);
        }
    }

    private void feed(StorageCluster cluster) {
        progress.accept("change feed");
        // What is trimmed meanwhile cannot be read: enough for the feed to be as long as it gets.
        long from = write(cluster, 1);
        while (keys.get() % KEPT_CHANGES != 0) {
            write(cluster, (int) Math.min(LOAD_BATCH, KEPT_CHANGES - keys.get() % KEPT_CHANGES));
        }
        long begin = System.nanoTime();
        long changes = 0;
        TailResponse page;
        do {
            page = cluster.call(
                    StorageServiceGrpc.getTailMethod(),
                    TailRequest.newBuilder()
                            .setShard(cluster.shard())
                            .setFromSeq(from)
                            .setMaxBytes(PAGE_BYTES)
                            .build());
            changes += page.getEntriesCount();
            from = page.getConfirmedSeq();
        } while (page.getEntriesCount() > 0);
        double seconds = (System.nanoTime() - begin) / 1e9;
        table.append(String.format(
                Locale.ROOT,
                "- change feed: %,d changes at %,.0f/s, %.0f MB/s%n",
                changes,
                changes / seconds,
                changes * (double) VECTOR_BYTES / seconds / 1e6));
    }

    private void leaderLost(StorageCluster cluster) {
        progress.accept("killing the leader");
        double[] seconds = new double[options.rounds()];
        for (int round = 0; round < seconds.length; round++) {
            write(cluster, 1);
            String leader = cluster.leader();
            long killed = System.nanoTime();
            cluster.node(leader).kill();
            write(cluster, 1);
            seconds[round] = (System.nanoTime() - killed) / 1e9;
            cluster.node(leader).startAgain();
            rate(1, options.seconds(), _ -> write(cluster, 100));
            // The next round kills another one: without this one there would be no majority, however fast the election.
            long written = write(cluster, 1);
            StorageCluster.await(leader + " to have it all", () -> cluster.appliedBy(leader) >= written);
            progress.accept(String.format(Locale.ROOT, "round %d: %.1f s", round + 1, seconds[round]));
        }
        Arrays.sort(seconds);
        table.append(String.format(
                Locale.ROOT,
                "- writes go on after the leader was killed: %.1f s (%.1f to %.1f)%n%n",
                seconds[seconds.length / 2],
                seconds[0],
                seconds[seconds.length - 1]));
    }

    private void restart(StorageCluster cluster) {
        progress.accept("loading " + options.records() + " records");
        long begin = System.nanoTime();
        long first = keys.get();
        while (keys.get() < options.records()) {
            write(cluster, LOAD_BATCH);
        }
        double loading = (System.nanoTime() - begin) / 1e9;
        String leader = cluster.leader();
        cluster.node(leader).kill();
        long started = System.nanoTime();
        cluster.node(leader).startAgain();
        write(cluster, 1);
        cluster.call(
                StorageServiceGrpc.getGetMethod(),
                GetRequest.newBuilder()
                        .setShard(cluster.shard())
                        .addKeys(KeyInBucket.newBuilder().setKey(key(0)))
                        .build());
        double seconds = (System.nanoTime() - started) / 1e9;
        table.append(String.format(
                Locale.ROOT,
                "- killed with %,d records and started again: reads and writes after %.1f s (start of the JVM included;"
                        + " loaded at %,.0f rows/s)%n%n",
                keys.get(),
                seconds,
                (keys.get() - first) / loading));
    }

    private long write(StorageCluster cluster, int rows) {
        WriteUnit.Builder unit = WriteUnit.newBuilder();
        for (int i = 0; i < rows; i++) {
            unit.addOps(
                    RecordOp.newBuilder().setKey(key(keys.getAndIncrement())).setPut(fields()));
        }
        return cluster.call(
                        StorageServiceGrpc.getWriteMethod(),
                        WriteRequest.newBuilder()
                                .setShard(cluster.shard())
                                .addUnits(unit)
                                .build())
                .getSeq();
    }

    private List<PlainRocks.Row> rows(int count) {
        List<PlainRocks.Row> rows = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            rows.add(new PlainRocks.Row(
                    key(plainKeys.getAndIncrement()).toByteArray(),
                    StoredRecord.newBuilder()
                            .setSchemaVersion(1)
                            .setFields(fields())
                            .build()
                            .toByteArray()));
        }
        return rows;
    }

    private static RecordKey key(long number) {
        return RecordKey.newBuilder().setStringKey("record-" + number).build();
    }

    /** A vector of random bytes, which no compression makes smaller. */
    private Fields fields() {
        byte[] bytes = new byte[VECTOR_BYTES];
        new SplittableRandom(keys.get() + plainKeys.get()).nextBytes(bytes);
        return Fields.newBuilder()
                .putValues(
                        "v",
                        Value.newBuilder()
                                .setVectorValue(Vector.newBuilder().setFloat32Le(ByteString.copyFrom(bytes)))
                                .build())
                .build();
    }

    private static Rate median(List<Rate> rates) {
        return rates.stream()
                .sorted((a, b) -> Double.compare(a.perSecond(), b.perSecond()))
                .toList()
                .get(rates.size() / 2);
    }

    /** Calls again and again from so many threads; what fails ends the measurement. */
    private static Rate rate(int threads, double seconds, LongConsumer call) {
        long begin = System.nanoTime();
        long end = begin + (long) (seconds * 1e9);
        List<long[]> all = new ArrayList<>();
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            List<CompletableFuture<long[]>> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                running.add(CompletableFuture.supplyAsync(() -> times(end, call), pool));
            }
            running.forEach(each -> all.add(each.join()));
        }
        double taken = (System.nanoTime() - begin) / 1e9;
        long[] times = all.stream().flatMapToLong(Arrays::stream).sorted().toArray();
        return new Rate(times.length / taken, times[(int) (times.length * 0.99)] / 1e6);
    }

    private static long[] times(long end, LongConsumer call) {
        List<Long> times = new ArrayList<>();
        do {
            long start = System.nanoTime();
            call.accept(start);
            times.add(System.nanoTime() - start);
        } while (System.nanoTime() < end);
        return times.stream().mapToLong(Long::longValue).toArray();
    }
}
