package io.vectordb.gateway.bulk;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.gateway.json.Json;
import io.vectordb.gateway.json.JsonWriter;
import io.vectordb.v1.BulkStart;
import io.vectordb.v1.BulkSummary;
import io.vectordb.v1.WriteResult;
import java.io.ByteArrayOutputStream;
import java.util.AbstractQueue;
import java.util.Collections;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import tools.jackson.core.JsonGenerator;

/**
 * The answer's lines, held until the client reads them. Written to under the lock of its call.
 *
 * <p>Bounded: beyond {@link #HELD_BYTES} unread bytes successes are left out and the summary says so; failures are kept up
 * to twice that and then end the call.
 */
final class ReportWriter {

    static final long HELD_BYTES = 8 << 20;
    private static final int PIECE_BYTES = 16 << 10;

    private final JsonWriter writer;
    private final BulkStart.Report report;
    private final BiConsumer<JsonGenerator, VectorDbException> problem;
    private final HeldQueue held = new HeldQueue();
    private final Sinks.Many<byte[]> sink = Sinks.many().unicast().onBackpressureBuffer(held);
    private final ByteArrayOutputStream piece = new ByteArrayOutputStream();
    private boolean hasWritten;
    private boolean hasLeftOut;

    ReportWriter(JsonWriter writer, BulkStart.Report report, BiConsumer<JsonGenerator, VectorDbException> problem) {
        this.writer = writer;
        this.report = report;
        this.problem = problem;
    }

    Flux<byte[]> lines() {
        return sink.asFlux();
    }

    /**
     * Writes the result of a line, if it is reported.
     *
     * @throws VectorDbException {@code LIMIT_EXCEEDED} when too many failures are unread
     */
    void result(long line, WriteResult result) {
        boolean isFailure = result.hasError();
        boolean isReported = switch (report) {
            case ALL, REPORT_UNSPECIFIED, UNRECOGNIZED -> true;
            case FAILED -> isFailure;
            case NONE -> false;
        };
        if (!isReported) {
            return;
        }
        long unread = held.bytes() + piece.size();
        if (!isFailure && unread > HELD_BYTES) {
            hasLeftOut = true;
            return;
        }
        if (isFailure && unread > 2 * HELD_BYTES) {
            throw new VectorDbException(
                    ErrorCode.LIMIT_EXCEEDED, "more than " + HELD_BYTES + " bytes of failures are unread");
        }
        line(json -> {
            json.writeNumberProperty("line", line);
            writer.writeMembers(json, result, "index");
        });
        if (piece.size() >= PIECE_BYTES) {
            flush();
        }
    }

    /** The last line of an answer that is whole. */
    void summary(BulkSummary summary) {
        BulkSummary.Builder told = summary.toBuilder();
        if (hasLeftOut) {
            told.setReport(BulkStart.Report.FAILED);
        } else if (told.getReport() != BulkStart.Report.FAILED || report == BulkStart.Report.FAILED) {
            told.clearReport();
        }
        line(json -> {
            json.writeName("summary");
            writer.write(json, told.build());
        });
        flush();
        sink.tryEmitComplete();
    }

    /** Ends with a failure: as the last line when there are lines already, else as the failure of the whole call. */
    void failure(VectorDbException error) {
        if (!hasWritten && piece.size() == 0) {
            sink.tryEmitError(error);
            return;
        }
        line(json -> {
            json.writeName("error");
            problem.accept(json, error);
        });
        flush();
        sink.tryEmitComplete();
    }

    /** Hands on what has been written. */
    void flush() {
        if (piece.size() > 0) {
            hasWritten = true;
            sink.tryEmitNext(piece.toByteArray());
            piece.reset();
        }
    }

    private void line(Consumer<JsonGenerator> members) {
        try (JsonGenerator json = Json.generator(piece)) {
            json.writeStartObject();
            members.accept(json);
            json.writeEndObject();
        }
        piece.write('\n');
    }

    /** A queue that knows its bytes. */
    private static final class HeldQueue extends AbstractQueue<byte[]> {

        private final Queue<byte[]> pieces = new ConcurrentLinkedQueue<>();
        private final AtomicLong bytes = new AtomicLong();

        long bytes() {
            return bytes.get();
        }

        @Override
        public boolean offer(byte[] next) {
            bytes.addAndGet(next.length);
            return pieces.offer(next);
        }

        @Override
        public byte @Nullable [] poll() {
            byte[] next = pieces.poll();
            if (next != null) {
                bytes.addAndGet(-next.length);
            }
            return next;
        }

        @Override
        public byte @Nullable [] peek() {
            return pieces.peek();
        }

        @Override
        public boolean isEmpty() {
            return pieces.isEmpty();
        }

        @Override
        public Iterator<byte[]> iterator() {
            return Collections.unmodifiableCollection(pieces).iterator();
        }

        @Override
        public int size() {
            return pieces.size();
        }
    }
}
