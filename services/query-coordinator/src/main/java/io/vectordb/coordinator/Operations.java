package io.vectordb.coordinator;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.rpc.GrpcErrors;
import io.vectordb.v1.CancelOperationRequest;
import io.vectordb.v1.Fields;
import io.vectordb.v1.GetOperationRequest;
import io.vectordb.v1.ListOperationsRequest;
import io.vectordb.v1.ListOperationsResponse;
import io.vectordb.v1.Operation;
import io.vectordb.v1.Progress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Work of this coordinator that outlives the call which started it. It lives as long as the process: what was under way at
 * its end is not taken up again, and the last {@value #KEPT} are remembered. Thread-safe.
 */
final class Operations implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Operations.class);
    private static final int AT_ONCE = 4;
    private static final int QUEUED = 100;
    private static final int KEPT = 1_000;

    /** What an operation does, on a thread of its own; it may block, and is interrupted when it is cancelled. */
    interface Work {
        Fields run(Handle handle) throws Exception;
    }

    /** How the work tells how far it is. */
    interface Handle {
        void progress(Progress progress);
    }

    /**
     * What starts an operation.
     *
     * @param target such as {@code collections/filings}
     * @param request to tell a repetition from another use of its id
     */
    record Start(String kind, String target, MessageLite request, String requestId) {}

    private final InstantSource clock;
    private final MeterRegistry meters;
    private final Map<String, Running> byId = new LinkedHashMap<>();
    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
            AT_ONCE,
            AT_ONCE,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(QUEUED),
            Thread.ofPlatform().daemon().name("operation-", 0).factory());

    Operations(InstantSource clock, MeterRegistry meters) {
        this.clock = clock;
        this.meters = meters;
    }

    /** One operation, from its start on. */
    private final class Running implements Handle {

        private final Start start;
        private final CompletableFuture<Void> ended = new CompletableFuture<>();
        private Operation now;
        private @Nullable Future<?> thread;

        Running(Start start, String id) {
            this.start = start;
            this.now = Operation.newBuilder()
                    .setId(id)
                    .setKind(start.kind())
                    .setTarget(start.target())
                    .setState(Operation.State.QUEUED)
                    .setCanCancel(true)
                    .setCreateTime(time())
                    .build();
        }

        synchronized Operation now() {
            return now;
        }

        @Override
        public synchronized void progress(Progress progress) {
            if (!isOver(now)) {
                now = now.toBuilder().setProgress(progress).build();
            }
        }

        private void run(Work work) {
            if (!move(Operation.newBuilder().setState(Operation.State.RUNNING))) {
                return;
            }
            long began = System.nanoTime();
            try {
                end(Operation.newBuilder().setState(Operation.State.SUCCEEDED).setResult(work.run(this)));
            } catch (Exception e) {
                VectorDbException error = GrpcErrors.fromThrowable(e);
                LOG.warn("operation {} ({} of {}) failed", now().getId(), start.kind(), start.target(), e);
                end(Operation.newBuilder().setState(Operation.State.FAILED).setError(GrpcErrors.toItemError(error)));
            } finally {
                Timer.builder("vectordb.operations")
                        .description("Operations by how they ended")
                        .tag("kind", start.kind())
                        .tag("outcome", now().getState().name().toLowerCase(Locale.ROOT))
                        .register(meters)
                        .record(System.nanoTime() - began, TimeUnit.NANOSECONDS);
            }
        }

        private synchronized boolean move(Operation.Builder change) {
            if (isOver(now)) {
                return false;
            }
            now = now.toBuilder().mergeFrom(change.build()).build();
            return true;
        }

        private void end(Operation.Builder change) {
            move(change.setEndTime(time()));
            synchronized (this) {
                now = now.toBuilder().setCanCancel(false).build();
            }
            ended.complete(null);
        }

        void cancel() {
            end(Operation.newBuilder().setState(Operation.State.CANCELLED));
            synchronized (this) {
                if (thread != null) {
                    thread.cancel(true);
                }
            }
        }

        synchronized void on(Future<?> future) {
            thread = future;
        }
    }

    private Timestamp time() {
        return Timestamps.fromMillis(clock.millis());
    }

    private static boolean isOver(Operation operation) {
        return switch (operation.getState()) {
            case SUCCEEDED, FAILED, CANCELLED -> true;
            case QUEUED, RUNNING, PAUSED, STATE_UNSPECIFIED, UNRECOGNIZED -> false;
        };
    }

    /** Begins the work, or answers with the operation that the same request began before. */
    Operation start(Start start, Work work) {
        synchronized (byId) {
            Optional<Running> earlier = byId.values().stream()
                    .filter(each -> !start.requestId().isEmpty()
                            && each.start.requestId().equals(start.requestId()))
                    .findFirst();
            if (earlier.isPresent()) {
                return repeated(earlier.get(), start);
            }
            Running running = new Running(start, RequestIds.orNew(""));
            try {
                running.on(threads.submit(() -> running.run(work)));
            } catch (RejectedExecutionException e) {
                throw new VectorDbException(ErrorCode.OVERLOADED, QUEUED + " operations wait already");
            }
            byId.put(running.now().getId(), running);
            forgetOldest();
            return running.now();
        }
    }

    private static Operation repeated(Running earlier, Start start) {
        if (!earlier.start.kind().equals(start.kind())
                || !earlier.start.request().equals(start.request())) {
            throw new VectorDbException(
                    ErrorCode.REQUEST_ID_REUSED,
                    "the request id " + start.requestId() + " was used for another request",
                    Map.of("request_id", start.requestId()));
        }
        return earlier.now();
    }

    private void forgetOldest() {
        List<String> over = byId.values().stream()
                .map(Running::now)
                .filter(Operations::isOver)
                .map(Operation::getId)
                .toList();
        over.stream().limit(Math.max(0, over.size() - KEPT)).forEach(byId::remove);
    }

    private Running find(String id) {
        synchronized (byId) {
            Running found = byId.get(id);
            if (found == null) {
                throw new VectorDbException(
                        ErrorCode.OPERATION_NOT_FOUND,
                        "there is no operation " + id + ", or the coordinator was started again since",
                        Map.of("operation", id));
            }
            return found;
        }
    }

    /** As it is now; with {@code wait}, at its end or when the time is nearly up. */
    Mono<Operation> get(GetOperationRequest request, TimeBudget time) {
        Running running = find(request.getOperation());
        if (!request.getWait()) {
            return Mono.just(running.now());
        }
        Duration most = time.left().multipliedBy(9).dividedBy(10);
        return Mono.fromFuture(running.ended::copy).timeout(most, Mono.empty()).then(Mono.fromSupplier(running::now));
    }

    /**
     * The newest first.
     *
     * @param others that are listed too
     */
    ListOperationsResponse list(ListOperationsRequest request, List<Operation> others) {
        int limit = request.getLimit() == 0 ? KEPT : request.getLimit();
        List<Operation> own;
        synchronized (byId) {
            own = byId.values().stream().map(Running::now).toList();
        }
        return ListOperationsResponse.newBuilder()
                .addAllOperations(Stream.concat(own.stream(), others.stream())
                        .filter(each ->
                                request.getKind().isEmpty() || request.getKind().equals(each.getKind()))
                        .filter(each -> request.getTarget().isEmpty()
                                || request.getTarget().equals(each.getTarget()))
                        .filter(each -> !request.getActiveOnly() || !isOver(each))
                        .sorted(Comparator.comparing(Operation::getCreateTime, Timestamps.comparator())
                                .reversed())
                        .limit(limit)
                        .toList())
                .build();
    }

    /** Fails with {@code OPERATION_NOT_FOUND} when there is none of this id. */
    void require(String id) {
        find(id);
    }

    /** Ends the work at its next look around; does nothing to one that is over. */
    Operation cancel(CancelOperationRequest request) {
        Running running = find(request.getOperation());
        if (!isOver(running.now())) {
            running.cancel();
        }
        return running.now();
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
