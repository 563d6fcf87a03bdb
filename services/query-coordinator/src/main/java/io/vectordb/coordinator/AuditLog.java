package io.vectordb.coordinator;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import io.micrometer.core.instrument.MeterRegistry;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.Limits;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.AppendAuditRequest;
import io.vectordb.internal.metadata.v1.AppendAuditResponse;
import io.vectordb.rpc.GrpcErrors;
import io.vectordb.v1.AuditEntry;
import io.vectordb.v1.Fields;
import io.vectordb.v1.ListAuditEntriesRequest;
import io.vectordb.v1.ListAuditEntriesResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Writes down what administrators change: a line before it is done, without which it is not done, and one with the outcome.
 * A line {@code begun} without an outcome: the coordinator ended in between. Thread-safe.
 */
final class AuditLog {

    private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);
    private static final int READ_AT_ONCE = 1_000;

    private final Catalog catalog;
    private final MeterRegistry meters;
    private final CoordinatorProperties properties;

    AuditLog(Catalog catalog, MeterRegistry meters, CoordinatorProperties properties) {
        this.catalog = catalog;
        this.meters = meters;
        this.properties = properties;
    }

    /**
     * Something to be written down.
     *
     * @param actor see {@link Caller}
     * @param action the name of the call in snake_case
     * @param target such as {@code shards/filings-0}
     */
    record Change(String actor, String action, String target, String detail) {

        /** Of the call whose handler runs on this thread. */
        static Change of(String action, String target, String detail) {
            return new Change(Caller.current(), action, target, detail);
        }

        Change with(String newDetail) {
            return new Change(actor, action, target, newDetail);
        }
    }

    /** Makes a change between its two lines. */
    <A> Mono<A> around(Change change, TimeBudget time, Supplier<Mono<A>> work) {
        return append(change, "begun", time)
                .then(Mono.defer(work))
                .flatMap(answer -> outcome(change, "succeeded").thenReturn(answer))
                .onErrorResume(e -> isAuditFailure(e)
                        ? Mono.error(e)
                        : outcome(change, failed(e)).then(Mono.error(e)));
    }

    /** Writes down that something was not even begun. */
    Mono<Void> refused(Change change, VectorDbException why) {
        return outcome(change, "refused: " + why.code() + ": " + why.getMessage());
    }

    /** The same for work that outlives its call. */
    Operations.Work around(Change change, Operations.Work work) {
        return handle -> {
            append(change, "begun", budget()).block();
            try {
                Fields result = work.run(handle);
                outcome(change, "succeeded").block();
                return result;
            } catch (Exception e) {
                // An interrupt of a cancelled operation must not keep its line from being written.
                boolean interrupted = Thread.interrupted() || e instanceof InterruptedException;
                outcome(change, interrupted ? "cancelled" : failed(e)).block();
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
                throw e;
            }
        };
    }

    private static final class AuditFailure extends RuntimeException {
        private static final long serialVersionUID = 1L;

        AuditFailure(Throwable cause) {
            super(cause);
        }
    }

    private static boolean isAuditFailure(Throwable thrown) {
        return thrown instanceof VectorDbException error && error.getCause() instanceof AuditFailure;
    }

    private static String failed(Throwable thrown) {
        VectorDbException error = GrpcErrors.fromThrowable(thrown);
        return "failed: " + error.code() + ": " + error.getMessage();
    }

    private TimeBudget budget() {
        return TimeBudget.start(false, Duration.getDefaultInstance(), properties);
    }

    /** What cannot be written down is not done. */
    private Mono<AppendAuditResponse> append(Change change, String outcome, TimeBudget time) {
        return catalog.appendAudit(request(change, outcome), time).onErrorMap(e -> {
            VectorDbException error = GrpcErrors.fromThrowable(e);
            return new VectorDbException(
                    error.code(),
                    "nothing was done, as it could not be written to the audit log: " + error.getMessage(),
                    error.metadata(),
                    List.of(),
                    new AuditFailure(error));
        });
    }

    /** What was done stays so, whether its outcome can be written down or not. */
    private Mono<Void> outcome(Change change, String outcome) {
        int colon = outcome.indexOf(':');
        meters.counter(
                        "vectordb.admin.changes",
                        "action",
                        change.action(),
                        "outcome",
                        colon < 0 ? outcome : outcome.substring(0, colon))
                .increment();
        return Mono.defer(() -> catalog.appendAudit(request(change, outcome), budget()))
                .doOnError(e -> LOG.error("{}: {} is not in the audit log", change, outcome, e))
                .onErrorComplete()
                .then();
    }

    private static AppendAuditRequest request(Change change, String outcome) {
        return AppendAuditRequest.newBuilder()
                .setActor(change.actor())
                .setAction(change.action())
                .setTarget(change.target())
                .setDetail(change.detail())
                .setOutcome(outcome)
                .build();
    }

    /** In order; the cursor is the index of the last line given. */
    Mono<ListAuditEntriesResponse> list(ListAuditEntriesRequest request, TimeBudget time) {
        int limit = Pages.limit(request.getLimit());
        return collect(request, index(request.getCursor()), limit, new ArrayList<>(), time)
                .map(entries -> {
                    ListAuditEntriesResponse.Builder response = ListAuditEntriesResponse.newBuilder();
                    entries.stream().limit(limit).forEach(response::addEntries);
                    if (entries.size() > limit) {
                        response.setNextCursor(Pages.encode(
                                Long.toString(entries.get(limit - 1).getIndex())));
                    }
                    return response.build();
                });
    }

    private static long index(String cursor) {
        String text = Pages.decode(cursor);
        try {
            return text.isEmpty() ? 0 : Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new VectorDbException(ErrorCode.INVALID_CURSOR, "the cursor is not one of this list");
        }
    }

    /** Reads until there is one more than asked for. */
    private Mono<List<AuditEntry>> collect(
            ListAuditEntriesRequest request, long after, int limit, List<AuditEntry> found, TimeBudget time) {
        return catalog.listAudit(after, Math.min(Limits.PAGE, READ_AT_ONCE), time)
                .flatMap(page -> {
                    page.getEntriesList().stream()
                            .filter(entry -> isAsked(request, entry))
                            .forEach(found::add);
                    if (page.getEntriesCount() < READ_AT_ONCE || found.size() > limit) {
                        return Mono.just(found);
                    }
                    long last = page.getEntries(page.getEntriesCount() - 1).getIndex();
                    return collect(request, last, limit, found, time);
                });
    }

    private static boolean isAsked(ListAuditEntriesRequest request, AuditEntry entry) {
        Timestamp since = request.getSince();
        return (!request.hasSince() || Timestamps.compare(entry.getTime(), since) >= 0)
                && (request.getActor().isEmpty() || entry.getActor().contains(request.getActor()));
    }
}
