package io.vectordb.coordinator;

import static io.vectordb.coordinator.Requests.upsert;
import static io.vectordb.coordinator.TestDatabase.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.common.VectorDbException;
import io.vectordb.rpc.GrpcErrors;
import io.vectordb.v1.CountRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Writes to a collection of {@link TestDatabase#collection(int)} as long as it is open; what was acknowledged, what failed. */
final class TestLoad implements AutoCloseable {

    private static final int WRITERS = 3;

    private final TestDatabase database;
    private final String collection;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicInteger acknowledged = new AtomicInteger();
    private final List<VectorDbException> failures = new ArrayList<>();
    private final ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
    private final List<CompletableFuture<Void>> writers = new ArrayList<>();

    TestLoad(TestDatabase database, String collection) {
        this.database = database;
        this.collection = collection;
        for (int i = 0; i < WRITERS; i++) {
            String writer = "w" + i + "-";
            writers.add(CompletableFuture.runAsync(() -> write(writer), threads));
        }
        int atLeast = 20;
        await(() -> acknowledged.get() >= atLeast);
    }

    private void write(String writer) {
        for (int n = 0; !ended.get(); n++) {
            try {
                database.records().write(Requests.write(collection, upsert("id", writer + n, "n", n, "v", new float[] {
                    n, 1, 0
                })));
                acknowledged.incrementAndGet();
            } catch (RuntimeException e) {
                synchronized (failures) {
                    failures.add(GrpcErrors.fromThrowable(e));
                }
            }
        }
    }

    @Override
    public void close() {
        ended.set(true);
        writers.forEach(CompletableFuture::join);
        threads.shutdown();
    }

    /** None failed, and none is missing or there twice. */
    void check() {
        close();
        assertThat(failures).isEmpty();
        assertThat(database.search()
                        .count(CountRequest.newBuilder()
                                .setCollection(collection)
                                .build())
                        .getCount())
                .isEqualTo(acknowledged.get());
    }
}
