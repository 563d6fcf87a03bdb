package io.vectordb.gateway.bulk;

import com.google.protobuf.Message;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.gateway.forward.Coordinator;
import io.vectordb.v1.BulkChunk;
import io.vectordb.v1.BulkRequest;
import io.vectordb.v1.BulkResponse;
import io.vectordb.v1.BulkResults;
import io.vectordb.v1.BulkSummary;
import io.vectordb.v1.ItemError;
import io.vectordb.v1.WriteResult;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/**
 * One bulk write: takes items as fast as the coordinator takes chunks, and puts its results and the lines refused here
 * together in the order of the lines.
 *
 * <p>Threading: items come on one thread, answers on another; one lock guards all state. Nothing waits under it.
 *
 * <p>Memory: one chunk, the refusals that wait for the results before them, and the unread report.
 */
final class BulkCall {

    private static final int CHUNK_OPS = 256;
    private static final int CHUNK_BYTES = 512 << 10;
    /** A chunk that is not full leaves after this, so that a client that waits for its results gets them. */
    private static final long CHUNK_WAIT_MILLIS = 5;
    /** So many refusals may wait for results before reading pauses. */
    private static final int WAITING_REFUSALS = 10_000;

    private final ClientCall<Message, Message> call;
    private final BulkOptions options;
    private final ReportWriter report;
    private final Items items = new Items();
    private final Object lock = new Object();

    private BulkChunk.Builder chunk = BulkChunk.newBuilder();
    private int chunkBytes;
    private boolean flushIsDue;
    private boolean isPaused;
    private boolean isHalfClosed;
    private boolean isEnded;
    private boolean isStopped;
    private long acceptedThrough;
    private long answeredThrough;
    private long remoteFailed;
    private final Queue<Waiting> refusals = new ArrayDeque<>();
    private final Map<String, Long> refusedByCode = new HashMap<>();
    private long refused;
    private @Nullable BulkSummary summary;

    /** A refusal that is reported once the line {@code after} has been answered. */
    private record Waiting(long after, BulkItem.Refused item) {}

    BulkCall(ClientCall<Message, Message> call, BulkOptions options, ReportWriter report) {
        this.call = call;
        this.options = options;
        this.report = report;
    }

    /** Starts the call and gives its report; cancelling that ends everything. */
    Flux<byte[]> run(Flux<BulkItem> source) {
        return report.lines()
                .doOnSubscribe(_ -> {
                    call.start(new Answers(), new Metadata());
                    call.request(1);
                    call.sendMessage(
                            BulkRequest.newBuilder().setStart(options.start()).build());
                    source.subscribe(items);
                })
                .doOnCancel(() -> {
                    items.cancel();
                    call.cancel("the client went away", null);
                });
    }

    private void take(BulkItem item) {
        if (isEnded || isHalfClosed) {
            return;
        }
        switch (item) {
            case BulkItem.Refused bad -> {
                refused++;
                refusedByCode.merge(bad.error().getCode(), 1L, Long::sum);
                refusals.add(new Waiting(acceptedThrough, bad));
                reportRefusals();
                report.flush();
                stopIfTooManyFailed();
            }
            case BulkItem.Accepted good -> add(good);
        }
    }

    private void add(BulkItem.Accepted item) {
        boolean follows = chunk.getOpsCount() == 0 || chunk.getFirstLine() + chunk.getOpsCount() == item.line();
        if (!follows) {
            sendChunk();
        }
        if (chunk.getOpsCount() == 0) {
            chunk.setFirstLine(item.line());
        }
        chunk.addOps(item.op());
        chunkBytes += item.bytes();
        acceptedThrough = item.line();
        if (chunk.getOpsCount() >= CHUNK_OPS || chunkBytes >= CHUNK_BYTES) {
            sendChunk();
        } else if (!flushIsDue) {
            flushIsDue = true;
            Schedulers.parallel().schedule(this::flushDue, CHUNK_WAIT_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void flushDue() {
        synchronized (lock) {
            flushIsDue = false;
            sendChunk();
        }
    }

    private void sendChunk() {
        if (chunk.getOpsCount() > 0 && !isEnded && !isHalfClosed) {
            call.sendMessage(BulkRequest.newBuilder().setChunk(chunk).build());
            chunk = BulkChunk.newBuilder();
            chunkBytes = 0;
        }
    }

    private void halfClose() {
        if (!isEnded && !isHalfClosed) {
            sendChunk();
            isHalfClosed = true;
            call.halfClose();
        }
    }

    private void askForMore() {
        if (call.isReady() && refusals.size() < WAITING_REFUSALS) {
            isPaused = false;
            items.request(1);
        } else {
            isPaused = true;
        }
    }

    private void stopIfTooManyFailed() {
        if (options.maxFailed() > 0 && refused + remoteFailed >= options.maxFailed() && !isHalfClosed) {
            isStopped = true;
            items.cancel();
            halfClose();
        }
    }

    private void reportRefusals() {
        for (Waiting next = refusals.peek(); next != null && next.after() <= answeredThrough; next = refusals.peek()) {
            refusals.remove();
            report.result(next.item().line(), refusal(next.item().error()));
        }
    }

    private static WriteResult refusal(ItemError error) {
        return WriteResult.newBuilder()
                .setOutcome(WriteResult.Outcome.REFUSED)
                .setError(error)
                .build();
    }

    private void answered(BulkResults results) {
        for (WriteResult result : results.getResultsList()) {
            long line = results.getFirstLine() + result.getIndex();
            answeredThrough = Math.max(answeredThrough, line - 1);
            reportRefusals();
            report.result(line, result);
            answeredThrough = line;
            if (result.hasError()) {
                remoteFailed++;
            }
        }
        reportRefusals();
        report.flush();
        stopIfTooManyFailed();
    }

    private void end(BulkSummary remote) {
        answeredThrough = Long.MAX_VALUE;
        reportRefusals();
        BulkSummary.Builder whole = remote.toBuilder()
                .setLines(remote.getLines() + refused)
                .setFailed(remote.getFailed() + refused)
                .setStopped(remote.getStopped() || isStopped);
        refusedByCode.forEach(
                (code, count) -> whole.putFailedByCode(code, whole.getFailedByCodeOrDefault(code, 0) + count));
        report.summary(whole.build());
    }

    private void fail(VectorDbException error) {
        if (!isEnded) {
            isEnded = true;
            items.cancel();
            call.cancel("ended by " + error.code(), null);
            report.failure(error);
        }
    }

    /** Runs a step under the lock; whatever goes wrong in it ends the call. */
    private void guarded(Runnable step) {
        synchronized (lock) {
            try {
                step.run();
            } catch (RuntimeException e) {
                fail(Coordinator.explain(e));
            }
        }
    }

    /** The lines' side. */
    private final class Items extends BaseSubscriber<BulkItem> {

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            guarded(BulkCall.this::askForMore);
        }

        @Override
        protected void hookOnNext(BulkItem item) {
            guarded(() -> {
                take(item);
                if (!isHalfClosed) {
                    askForMore();
                }
            });
        }

        @Override
        protected void hookOnComplete() {
            guarded(BulkCall.this::halfClose);
        }

        @Override
        protected void hookOnError(Throwable thrown) {
            guarded(() -> fail(Coordinator.explain(thrown)));
        }
    }

    /** The coordinator's side. */
    private final class Answers extends ClientCall.Listener<Message> {

        @Override
        public void onMessage(Message message) {
            guarded(() -> {
                BulkResponse response = (BulkResponse) message;
                if (isEnded) {
                    return;
                }
                switch (response.getPartCase()) {
                    case RESULTS -> answered(response.getResults());
                    case SUMMARY -> summary = response.getSummary();
                    case PART_NOT_SET -> {
                        // A part of a newer coordinator.
                    }
                }
                resume();
                call.request(1);
            });
        }

        @Override
        public void onReady() {
            guarded(this::resume);
        }

        private void resume() {
            if (isPaused && !isHalfClosed && !isEnded) {
                askForMore();
            }
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            guarded(() -> {
                if (isEnded) {
                    return;
                }
                BulkSummary received = summary;
                if (!status.isOk()) {
                    fail(Coordinator.explain(status.asRuntimeException(trailers)));
                } else if (received == null) {
                    fail(new VectorDbException(ErrorCode.INTERNAL, "the coordinator ended without a summary"));
                } else {
                    isEnded = true;
                    items.cancel();
                    end(received);
                }
            });
        }
    }
}
