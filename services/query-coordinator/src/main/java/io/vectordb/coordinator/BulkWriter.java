package io.vectordb.coordinator;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.Limits;
import io.vectordb.common.VectorDbException;
import io.vectordb.coordinator.WritePreparation.Prepared;
import io.vectordb.coordinator.Writer.Ids;
import io.vectordb.v1.BatchMode;
import io.vectordb.v1.BulkChunk;
import io.vectordb.v1.BulkRequest;
import io.vectordb.v1.BulkResponse;
import io.vectordb.v1.BulkResults;
import io.vectordb.v1.BulkStart;
import io.vectordb.v1.BulkSummary;
import io.vectordb.v1.WriteOp;
import io.vectordb.v1.WriteResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Writes of any length: a stream of chunks in, a stream of results in the order of the lines out, the summary last.
 *
 * <p>Texts of a few chunks are embedded ahead, but chunks are applied one after another, so that the last of several
 * lines of one key wins. Back-pressure reaches the client: no chunk is read before there is room for it.
 */
final class BulkWriter {

    /** Chunks that are typed and embedded ahead of the one that is applied. */
    private static final int AHEAD = 4;

    private final Catalog catalog;
    private final WritePreparation preparation;
    private final Writer writer;
    private final CoordinatorProperties properties;

    BulkWriter(Catalog catalog, WritePreparation preparation, Writer writer, CoordinatorProperties properties) {
        this.catalog = catalog;
        this.preparation = preparation;
        this.writer = writer;
        this.properties = properties;
    }

    Flux<BulkResponse> write(Flux<BulkRequest> requests) {
        return requests.switchOnFirst((first, all) -> {
            BulkRequest request = first.get();
            if (request == null) {
                return first.hasError()
                        ? Flux.error(Objects.requireNonNull(first.getThrowable()))
                        : Flux.error(new VectorDbException(ErrorCode.MISSING_MEMBER, "the stream begins with start"));
            }
            if (!request.hasStart()) {
                return Flux.error(new VectorDbException(ErrorCode.MISSING_MEMBER, "the stream begins with start"));
            }
            return run(request.getStart(), all.skip(1));
        });
    }

    private Flux<BulkResponse> run(BulkStart start, Flux<BulkRequest> rest) {
        TimeBudget time = budget();
        if (!start.getRequestId().isEmpty()) {
            RequestIds.orNew(start.getRequestId());
            RequestIds.checkAge(start.getRequestId(), System.currentTimeMillis());
        }
        SessionToken sent = SessionToken.parse(start.getTokensList());
        return catalog.collection(start.getCollection(), time).flatMapMany(collection -> {
            sent.check(collection);
            Progress progress = new Progress(start, sent);
            return rest.map(BulkWriter::chunk)
                    .flatMapSequential(chunk -> prepare(collection, chunk), AHEAD, 1)
                    .concatMap(chunk -> apply(chunk, progress), 1)
                    .takeUntil(done -> progress.isOver())
                    .concatMap(progress::report, 1)
                    .concatWith(Mono.fromSupplier(progress::summary));
        });
    }

    private record PreparedChunk(BulkChunk chunk, Prepared prepared) {}

    /** What came of one chunk. */
    private record DoneChunk(long firstLine, List<WriteResult> results) {}

    private static BulkChunk chunk(BulkRequest request) {
        if (!request.hasChunk()) {
            throw new VectorDbException(ErrorCode.INVALID_VALUE, "after start the stream holds chunks alone");
        }
        if (request.getChunk().getOpsCount() > Limits.BATCH_ITEMS) {
            throw new VectorDbException(
                    ErrorCode.LIMIT_EXCEEDED,
                    "at most " + Limits.BATCH_ITEMS + " lines a chunk, received "
                            + request.getChunk().getOpsCount());
        }
        return request.getChunk();
    }

    private TimeBudget budget() {
        return TimeBudget.start(false, Duration.getDefaultInstance(), properties);
    }

    private Mono<PreparedChunk> prepare(CollectionHandle collection, BulkChunk chunk) {
        return Mono.defer(() -> catalog.collection(collection.name(), budget())
                .flatMap(current -> preparation.prepare(current, chunk.getOpsList(), budget()))
                .map(prepared -> new PreparedChunk(chunk, prepared)));
    }

    private Mono<DoneChunk> apply(PreparedChunk chunk, Progress progress) {
        List<WriteItem> items = chunk.prepared().items();
        Ids ids = ids(progress.start, chunk.chunk(), chunk.prepared().collection());
        return writer.write(items, BatchMode.BATCH_MODE_SKIP_FAILED, ids, budget())
                .map(writes -> {
                    progress.saw(chunk.prepared().collection(), writes);
                    List<WriteResult> results = items.stream()
                            .map(item -> Objects.requireNonNull(item.result()))
                            .toList();
                    progress.count(results);
                    return new DoneChunk(chunk.chunk().getFirstLine(), results);
                });
    }

    private static Ids ids(BulkStart start, BulkChunk chunk, CollectionHandle collection) {
        String uid = collection.collection().getUid();
        List<WriteOp> ops = chunk.getOpsList();
        if (start.getRequestId().isEmpty()) {
            return new Ids.PerRequest(RequestIds.orNew(""), RequestIds.contentHash(uid, 0, ops));
        }
        List<String> ids = new ArrayList<>(ops.size());
        List<ByteString> hashes = new ArrayList<>(ops.size());
        for (int i = 0; i < ops.size(); i++) {
            ids.add(start.getRequestId() + ":" + (chunk.getFirstLine() + i));
            hashes.add(RequestIds.contentHash(uid, 0, List.of(ops.get(i))));
        }
        return new Ids.PerItem(ids, hashes);
    }

    /** The sums of one stream; touched by one chunk after another. */
    private static final class Progress {

        private final BulkStart start;
        private final long begunNanos = System.nanoTime();
        private final BulkSummary.Builder summary = BulkSummary.newBuilder();
        private SessionToken token;

        Progress(BulkStart start, SessionToken sent) {
            this.start = start;
            this.token = sent;
        }

        void saw(CollectionHandle collection, List<Writer.ShardWrite> writes) {
            for (Writer.ShardWrite write : writes) {
                token = token.with(collection, write.shard(), write.seq());
            }
        }

        void count(List<WriteResult> results) {
            summary.setLines(summary.getLines() + results.size());
            for (WriteResult result : results) {
                if (result.hasError()) {
                    String code = result.getError().getCode();
                    summary.setFailed(summary.getFailed() + 1);
                    summary.putFailedByCode(code, summary.getFailedByCodeOrDefault(code, 0) + 1);
                } else {
                    summary.setSucceeded(summary.getSucceeded() + 1);
                }
            }
            if (start.getMaxFailed() > 0 && summary.getFailed() >= start.getMaxFailed()) {
                summary.setStopped(true);
            }
        }

        boolean isOver() {
            return summary.getStopped();
        }

        Mono<BulkResponse> report(DoneChunk done) {
            BulkResults.Builder results = BulkResults.newBuilder().setFirstLine(done.firstLine());
            for (WriteResult result : done.results()) {
                boolean told = switch (start.getReport()) {
                    case NONE -> false;
                    case FAILED -> result.hasError();
                    case ALL, REPORT_UNSPECIFIED, UNRECOGNIZED -> true;
                };
                if (told) {
                    results.addResults(result);
                }
            }
            return results.getResultsCount() == 0
                    ? Mono.empty()
                    : Mono.just(BulkResponse.newBuilder().setResults(results).build());
        }

        BulkResponse summary() {
            long took = System.nanoTime() - begunNanos;
            BulkStart.Report report =
                    start.getReport() == BulkStart.Report.REPORT_UNSPECIFIED ? BulkStart.Report.ALL : start.getReport();
            return BulkResponse.newBuilder()
                    .setSummary(summary.setReport(report)
                            .setTook(Durations.ofNanos(took))
                            .setToken(token.text()))
                    .build();
        }
    }
}
