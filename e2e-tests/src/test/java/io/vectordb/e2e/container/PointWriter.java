package io.vectordb.e2e.container;

import io.vectordb.e2e.RestClient;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Writes small batches of points one after another, on a thread of its own, until the server is gone. */
final class PointWriter {

    static final int BATCH = 20;

    private final RestClient rest;
    private final List<Integer> acknowledged = new CopyOnWriteArrayList<>();
    private final List<String> surprises = new CopyOnWriteArrayList<>();
    private final CountDownLatch enough;
    private final Thread thread;

    PointWriter(RestClient rest, int batches) {
        this.rest = rest;
        this.enough = new CountDownLatch(batches);
        this.thread = Thread.ofPlatform().name("point-writer").start(this::write);
    }

    private void write() {
        for (int batch = 0; !Thread.currentThread().isInterrupted(); batch++) {
            try {
                RestClient.Answer answer = rest.post("/v1/collections/points/upsert", body(batch));
                if (answer.status() != 200) {
                    surprises.add(answer.toString());
                    return;
                }
                acknowledged.add(batch);
                enough.countDown();
            } catch (IOException gone) {
                return;
            }
        }
    }

    private static String body(int batch) {
        return keys(batch).stream()
                .map(key -> "{\"id\": \"%s\", \"batch\": %d, \"v\": [1, %d, 0.5, 0.25]}".formatted(key, batch, batch))
                .collect(Collectors.joining(", ", "{\"records\": [", "]}"));
    }

    static List<String> keys(int batch) {
        return IntStream.range(0, BATCH).mapToObj(i -> "p" + batch + "-" + i).toList();
    }

    /** Whether so many batches as were asked for have been acknowledged in time. */
    boolean awaitEnough(long seconds) throws InterruptedException {
        return enough.await(seconds, TimeUnit.SECONDS);
    }

    /** The batches that were acknowledged, once the writer has met the end of the server. */
    List<Integer> finish() throws InterruptedException {
        thread.join(TimeUnit.SECONDS.toMillis(40));
        thread.interrupt();
        return List.copyOf(acknowledged);
    }

    /** Answers other than success: there should be none. */
    List<String> surprises() {
        return List.copyOf(surprises);
    }
}
