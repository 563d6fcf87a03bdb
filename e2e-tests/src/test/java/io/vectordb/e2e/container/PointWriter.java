package io.vectordb.e2e.container;

import io.vectordb.e2e.RestClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Writes small batches of points one after another, on a thread of its own, until it is stopped or the server is gone.
 * A batch whose outcome is unknown is sent again under the same request id until it is acknowledged. Thread-safe.
 */
final class PointWriter {

    static final int BATCH = 20;

    /** Some items may be repeated; a shard has no leader now; the time is over. */
    private static final Set<Integer> REPEATABLE = Set.of(207, 503, 504);

    private final RestClient rest;
    private final List<Integer> acknowledged = new ArrayList<>();
    private final List<String> surprises = new ArrayList<>();
    private final Thread thread;
    private int repetitions;
    private boolean stopped;

    private PointWriter(RestClient rest) {
        this.rest = rest;
        this.thread = Thread.ofPlatform().name("point-writer").unstarted(this::write);
    }

    /** A writer that writes. */
    static PointWriter start(RestClient rest) {
        PointWriter writer = new PointWriter(rest);
        writer.thread.start();
        return writer;
    }

    private void write() {
        int batch = 0;
        try {
            while (!isStopped()) {
                RestClient.Answer answer = rest.post("/v1/collections/points/upsert", body(batch));
                if (answer.status() == 200) {
                    acknowledge(batch);
                    batch++;
                } else if (!note(answer)) {
                    return;
                }
            }
        } catch (IOException gone) {
            // The server was killed, as the tests do; what it answered before counts.
        }
    }

    private synchronized boolean isStopped() {
        return stopped;
    }

    private synchronized void acknowledge(int batch) {
        acknowledged.add(batch);
        notifyAll();
    }

    /** Whether to go on. */
    private synchronized boolean note(RestClient.Answer answer) {
        if (REPEATABLE.contains(answer.status())) {
            repetitions++;
            return true;
        }
        surprises.add(answer.toString());
        return false;
    }

    private static String body(int batch) {
        return keys(batch).stream()
                .map(key -> "{\"id\": \"%s\", \"batch\": %d, \"v\": [1, %d, 0.5, 0.25]}".formatted(key, batch, batch))
                .collect(Collectors.joining(", ", "{\"records\": [", "], \"request_id\": \"batch-" + batch + "\"}"));
    }

    static List<String> keys(int batch) {
        return IntStream.range(0, BATCH).mapToObj(i -> "p" + batch + "-" + i).toList();
    }

    /** Whether so many further batches have been acknowledged in time. */
    synchronized boolean awaitMore(int batches, long seconds) throws InterruptedException {
        int wanted = acknowledged.size() + batches;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (acknowledged.size() < wanted) {
            long millis = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (millis <= 0) {
                return false;
            }
            wait(millis);
        }
        return true;
    }

    /** Stops after the batch at work and returns those acknowledged. */
    List<Integer> finish() throws InterruptedException {
        synchronized (this) {
            stopped = true;
        }
        thread.join(TimeUnit.SECONDS.toMillis(40));
        synchronized (this) {
            return List.copyOf(acknowledged);
        }
    }

    /** Answers that are neither success nor worth a repetition: there should be none. */
    synchronized List<String> surprises() {
        return List.copyOf(surprises);
    }

    /** How often a batch was sent again. */
    synchronized int repetitions() {
        return repetitions;
    }
}
