package io.vectordb.gateway.bulk;

import io.vectordb.common.VectorDbException;
import io.vectordb.gateway.api.Rpc;
import io.vectordb.gateway.forward.CallContext;
import io.vectordb.gateway.forward.Coordinator;
import io.vectordb.gateway.guard.RequestGuard;
import io.vectordb.gateway.json.JsonWriter;
import io.vectordb.v1.BulkRequest;
import java.util.function.BiConsumer;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import tools.jackson.core.JsonGenerator;

/** Bulk writes of lines of JSON. Thread-safe. */
public final class BulkWriting {

    private static final int READ_AHEAD = 4;

    private final Rpc rpc;
    private final RequestGuard guard;
    private final Coordinator coordinator;

    public BulkWriting(Rpc rpc, RequestGuard guard, Coordinator coordinator) {
        this.rpc = rpc;
        this.guard = guard;
        this.coordinator = coordinator;
    }

    /**
     * Writes the lines of a body.
     *
     * @param body the body in pieces of any size
     * @param problem writes a failure as a problem, for the last line
     * @return the lines of the answer in pieces of whole lines; fails only before the first
     */
    public Flux<byte[]> write(
            BulkOptions options,
            Flux<byte[]> body,
            CallContext context,
            JsonWriter writer,
            BiConsumer<JsonGenerator, VectorDbException> problem) {
        return Flux.defer(() -> {
            guard.checkPart(
                    rpc, BulkRequest.newBuilder().setStart(options.start()).build());
            LineSplitter splitter = new LineSplitter();
            LineParser parser = new LineParser(options.format(), guard);
            Flux<BulkItem> items = body.publishOn(Schedulers.parallel(), READ_AHEAD)
                    .concatMapIterable(splitter::feed, 1)
                    .concatWith(Flux.defer(() -> Flux.fromIterable(splitter.end())))
                    .map(parser::parse);
            ReportWriter report = new ReportWriter(writer, options.report(), problem);
            return new BulkCall(coordinator.call(rpc, context), options, report).run(items);
        });
    }
}
