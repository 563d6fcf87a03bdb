package io.vectordb.storage;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/** Wakes those who wait for a seq to be passed. Any thread; a wait that is cancelled or times out leaves nothing. */
final class ChangeSignal {

    private record Ticket(long seq, long number) implements Comparable<Ticket> {
        @Override
        public int compareTo(Ticket other) {
            return seq == other.seq ? Long.compare(number, other.number) : Long.compare(seq, other.seq);
        }
    }

    private final ConcurrentSkipListMap<Ticket, CompletableFuture<Void>> waiting = new ConcurrentSkipListMap<>();
    private final AtomicLong tickets = new AtomicLong();
    private volatile long reached;
    private volatile boolean closed;

    ChangeSignal(long reached) {
        this.reached = reached;
    }

    /** Completes as soon as a seq above {@code seq} is reached. */
    CompletableFuture<Void> after(long seq) {
        CompletableFuture<Void> future = new CompletableFuture<>();
        Ticket ticket = new Ticket(seq, tickets.incrementAndGet());
        waiting.put(ticket, future);
        future.whenComplete((done, failure) -> waiting.remove(ticket));
        // Registered first and looked second, so that what happens in between is not missed.
        if (reached > seq) {
            future.complete(null);
        } else if (closed) {
            future.completeExceptionally(closedFailure());
        }
        return future;
    }

    void reached(long seq) {
        reached = seq;
        List<CompletableFuture<Void>> passed =
                new ArrayList<>(waiting.headMap(new Ticket(seq, Long.MIN_VALUE)).values());
        passed.forEach(future -> future.complete(null));
    }

    void close() {
        closed = true;
        List.copyOf(waiting.values()).forEach(future -> future.completeExceptionally(closedFailure()));
    }

    int waiters() {
        return waiting.size();
    }

    private static VectorDbException closedFailure() {
        return new VectorDbException(ErrorCode.SHARD_UNAVAILABLE, "the store is closed");
    }
}
