package io.vectordb.cli.load;

import io.vectordb.cli.rest.BulkAnswer;
import io.vectordb.cli.rest.Json;
import io.vectordb.cli.rest.RestClient;
import io.vectordb.cli.terminal.CliException;
import io.vectordb.cli.terminal.ExitCode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes records in chunks, several at once; a record that is added when all are under way waits.
 *
 * <p>One thread adds. A chunk that fails as a whole fails the next call; what was acknowledged before is stored.
 */
final class BulkSender implements AutoCloseable {

    private static final int LINES = 64;
    private static final int CHARS = 1 << 20;

    private final RestClient client;
    private final String path;
    private final LoadReport report;
    private final Runnable onProgress;
    private final int inFlight;
    private final Semaphore slots;
    private final ExecutorService senders;
    private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
    private final List<String> lines = new ArrayList<>();
    private int chars;

    BulkSender(RestClient client, String collection, int inFlight, LoadReport report, Runnable onProgress) {
        this.client = client;
        this.path = "/v1/collections/" + RestClient.encode(collection) + "/bulk-write?report=failed";
        this.report = report;
        this.onProgress = onProgress;
        this.inFlight = inFlight;
        this.slots = new Semaphore(inFlight);
        this.senders = Executors.newFixedThreadPool(
                inFlight, Thread.ofPlatform().name("bulk-", 0).daemon().factory());
    }

    void add(ObjectNode record) {
        String line = Json.write(record);
        if (!lines.isEmpty() && (lines.size() == LINES || chars + line.length() > CHARS)) {
            flush();
        }
        lines.add(line);
        chars += line.length() + 1;
    }

    /** Sends what was added, and returns when everything is acknowledged. */
    void drain() {
        flush();
        acquire(inFlight);
        slots.release(inFlight);
        throwFailure();
    }

    private void flush() {
        if (lines.isEmpty()) {
            return;
        }
        String body = String.join("\n", lines) + "\n";
        lines.clear();
        chars = 0;
        acquire(1);
        try {
            throwFailure();
        } catch (RuntimeException e) {
            slots.release();
            throw e;
        }
        senders.execute(() -> send(body));
    }

    private void send(String body) {
        try {
            BulkAnswer answer = BulkAnswer.read(client.bulk(path, body));
            report.passagesStored(answer.succeeded());
            answer.failures().forEach(each -> report.passageRejected(each.code(), each.message()));
            onProgress.run();
        } catch (RuntimeException e) {
            failure.compareAndSet(null, e);
        } finally {
            slots.release();
        }
    }

    private void acquire(int count) {
        try {
            slots.acquire(count);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CliException(ExitCode.INTERRUPTED, "interrupted");
        }
    }

    private void throwFailure() {
        RuntimeException failed = failure.get();
        if (failed != null) {
            throw failed;
        }
    }

    @Override
    public void close() {
        senders.shutdownNow();
    }
}
