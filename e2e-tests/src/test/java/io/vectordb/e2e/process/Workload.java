package io.vectordb.e2e.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.vectordb.v1.Collection;
import io.vectordb.v1.CollectionSettings;
import io.vectordb.v1.CreateCollectionRequest;
import io.vectordb.v1.Field;
import io.vectordb.v1.Fields;
import io.vectordb.v1.Schema;
import io.vectordb.v1.VectorOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.awaitility.Awaitility;

/** Writers beside readers that check at every moment what was acknowledged; see {@link Writer} and {@link Reader}. */
final class Workload implements AutoCloseable {

    static final int DIMENSION = 8;

    private static final Duration SETTLES_WITHIN = Duration.ofSeconds(60);

    private final GrpcClient client;
    private final Rest rest;
    private final String collection;
    private final int writers;
    private final SplittableRandom random;
    private final Ledger ledger = new Ledger();
    private final List<Writer> clients = new ArrayList<>();
    private final Reader reader;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopped;

    Workload(GrpcClient client, Rest rest, String collection, int writers, SplittableRandom random) {
        this.client = client;
        this.rest = rest;
        this.collection = collection;
        this.writers = writers;
        this.random = random;
        for (int id = 0; id < writers; id++) {
            clients.add(new Writer(id, client, collection, ledger, random.split(), () -> stopped));
        }
        reader = new Reader(client, collection, ledger, random.split(), () -> stopped);
    }

    /** A collection of numbered records with vectors. */
    static Collection create(GrpcClient client, String name, int replicas) {
        CreateCollectionRequest request = CreateCollectionRequest.newBuilder()
                .setName(name)
                .setIfNotExists(true)
                .setSettings(CollectionSettings.newBuilder().setReplicas(replicas))
                .setSchema(Schema.newBuilder()
                        .setKind(Schema.Kind.DOCUMENT)
                        .setDynamic(Schema.Dynamic.REJECT)
                        .addPrimaryKey("id")
                        .addFields(Field.newBuilder().setName("id").setType("keyword"))
                        .addFields(Field.newBuilder().setName("number").setType("int64"))
                        .addFields(Field.newBuilder()
                                .setName("vector")
                                .setType("vector(" + DIMENSION + ")")
                                .setVector(VectorOptions.newBuilder().setMetric(VectorOptions.Metric.L2))))
                .build();
        return Awaitility.await("collection " + name)
                .atMost(SETTLES_WITHIN)
                .ignoreExceptionsMatching(Workload::isPassing)
                .until(
                        () -> client.collections().createCollection(request),
                        made -> !made.getUid().isEmpty());
    }

    /** On a machine that is busy with the start of the processes the first leader may be late. */
    private static boolean isPassing(Throwable thrown) {
        return thrown instanceof StatusRuntimeException failure
                && (failure.getStatus().getCode() == Status.Code.UNAVAILABLE
                        || failure.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED);
    }

    static Fields record(String key, long number) {
        return Values.fields(
                Map.of("id", Values.of(key), "number", Values.of(number), "vector", Values.of(vector(key, number))));
    }

    /** The vector of a version of a record: no two are alike. */
    static float[] vector(String key, long number) {
        SplittableRandom random = new SplittableRandom(key.hashCode() * 1_000_003L + number);
        float[] vector = new float[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) {
            vector[i] = random.nextInt(-1_000, 1_000) / 1_000f;
        }
        return vector;
    }

    Ledger ledger() {
        return ledger;
    }

    SplittableRandom random() {
        return random;
    }

    /** Lets the writers and the reader go on. */
    void run() {
        stopped = false;
        for (Writer writer : clients) {
            threads.add(Thread.ofPlatform().name("writer").start(writer));
        }
        threads.add(Thread.ofPlatform().name("reader").start(reader));
    }

    /** Waits until so many more writes were acknowledged. */
    void awaitWrites(int more, Duration within) {
        long goal = ledger.writes() + more;
        Awaitility.await(more + " more writes")
                .atMost(within)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> ledger.writes() >= goal);
    }

    /** How long it took until every writer was told of a write, from now on. */
    Duration awaitResumed(Duration within) {
        long begun = System.nanoTime();
        awaitWrites(2 * writers, within);
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    /** Stops when every write that was begun is settled. */
    void settle() {
        stopped = true;
        Awaitility.await("all writes are settled")
                .atMost(SETTLES_WITHIN)
                .until(() -> threads.stream().noneMatch(Thread::isAlive));
        threads.clear();
    }

    /** Settles, and compares all that is stored with what was acknowledged. */
    void settleAndVerify() {
        settle();
        assertThat(ledger.violations()).isEmpty();
        new Audit(rest, collection, ledger).verify();
        System.out.println(ledger);
    }

    @Override
    public void close() {
        stopped = true;
        threads.forEach(Thread::interrupt);
    }
}
