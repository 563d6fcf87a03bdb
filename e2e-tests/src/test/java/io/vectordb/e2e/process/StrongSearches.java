package io.vectordb.e2e.process;

import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Clients that search strongly all the time, repeat nothing and count what fails; what is answered is compared with what was
 * acknowledged before.
 */
final class StrongSearches implements AutoCloseable {

    private static final int CLIENTS = 2;
    /** More than an election takes. */
    private static final Duration CALL = Duration.ofSeconds(20);

    private static final Duration THINKING = Duration.ofMillis(10);

    private final Ledger ledger;
    private final Reader reader;
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong longestNanos = new AtomicLong();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private volatile boolean stopped;

    /**
     * What happened in some time.
     *
     * @param failures what calls failed with
     */
    record Tally(long answered, Duration longest, List<String> failures) {}

    StrongSearches(GrpcClient client, String collection, Ledger ledger, SplittableRandom random) {
        this.ledger = ledger;
        reader = new Reader(client, collection, ledger, random.split(), () -> stopped, CALL);
        for (int i = 0; i < CLIENTS; i++) {
            SplittableRandom own = random.split();
            threads.add(Thread.ofPlatform().name("strong-searches").start(() -> run(own)));
        }
    }

    private void run(SplittableRandom random) {
        while (!stopped) {
            if (ledger.hasLasting()) {
                search(ledger.anyLasting(random));
            }
            LockSupport.parkNanos(THINKING.toNanos());
        }
    }

    private void search(Ledger.Acknowledged known) {
        long begun = System.nanoTime();
        try {
            reader.searchStrongly(known);
            answered.incrementAndGet();
        } catch (StatusRuntimeException e) {
            if (!stopped) {
                failures.add(GrpcClient.Failure.of(e) + " after " + (System.nanoTime() - begun) / 1_000_000 + " ms");
            }
        }
        longestNanos.accumulateAndGet(System.nanoTime() - begun, Math::max);
    }

    /** Since the last call of this. A call that has not ended counts in the next. */
    Tally tally() {
        List<String> failed = new ArrayList<>();
        for (String next = failures.poll(); next != null; next = failures.poll()) {
            failed.add(next);
        }
        return new Tally(answered.getAndSet(0), Duration.ofNanos(longestNanos.getAndSet(0)), failed);
    }

    @Override
    public void close() {
        stopped = true;
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
