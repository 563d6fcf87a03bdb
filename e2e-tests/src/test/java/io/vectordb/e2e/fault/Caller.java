package io.vectordb.e2e.fault;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.vectordb.e2e.process.GrpcClient;
import io.vectordb.e2e.process.Values;
import io.vectordb.v1.Consistency;
import io.vectordb.v1.GetRequest;
import io.vectordb.v1.GetResult;
import io.vectordb.v1.Record;
import io.vectordb.v1.WriteOp;
import io.vectordb.v1.WriteRequest;
import io.vectordb.v1.WriteResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Calls of one client, each with a deadline, and what is known after them. For one thread. */
final class Caller {

    /** Cut off by a process that dies, or never connected. */
    private static final String CUT = "cut";

    private static final String OVERLOADED = "OVERLOADED";
    private static final String SEQ_MISMATCH = "SEQ_MISMATCH";

    /** What may be answered while something is broken. */
    private static final Set<String> EXPLAINED =
            Set.of(CUT, "SHARD_UNAVAILABLE", "DEADLINE_EXCEEDED", "STARTING", "STALE", OVERLOADED, "DISK_FULL");

    /** What a call takes beyond the time that the server is given. */
    private static final long WAY_MILLIS = 500;

    private static final int MOST_REPETITIONS = 5;
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final GrpcClient client;
    private final String collection;
    private final Consistency.Level reads;
    private final Duration serverTime;
    private final Histories histories;
    private final SplittableRandom random;

    /**
     * @param reads STRONG, unless the judgement itself is to be tested
     * @param serverTime how long the server may try before it gives up
     */
    Caller(
            GrpcClient client,
            String collection,
            Consistency.Level reads,
            Duration serverTime,
            Histories histories,
            SplittableRandom random) {
        this.client = client;
        this.collection = collection;
        this.reads = reads;
        this.serverTime = serverTime;
        this.histories = histories;
        this.random = random;
    }

    /** What is known of one item of a write. */
    enum Known {
        DONE,
        /** Its condition did not hold. */
        CONDITION_FAILED,
        /** Refused before it had an effect. */
        NOTHING_DONE,
        UNKNOWN
    }

    /**
     * The answer to one item.
     *
     * @param seq its version, where it was done
     */
    record Told(Known known, long seq) {

        private static final Told UNKNOWN = new Told(Known.UNKNOWN, 0);

        boolean isSettled() {
            return known == Known.DONE || known == Known.CONDITION_FAILED;
        }
    }

    /** A record as it was read. */
    record Seen(long number, long seq) {}

    /**
     * Writes, and in half of the cases repeats what is not known with the same request id, for a while; else leaves it at
     * that, as a client that has died.
     */
    List<Told> write(List<WriteOp> ops) {
        WriteRequest request = WriteRequest.newBuilder()
                .setCollection(collection)
                .addAllOps(ops)
                .setTimeout(serverTime())
                .setRequestId(requestId())
                .build();
        List<Told> told = attempt(request);
        int repetitions = random.nextBoolean() ? MOST_REPETITIONS : 0;
        for (int i = 0; i < repetitions && told.stream().anyMatch(each -> each.known() == Known.UNKNOWN); i++) {
            pause();
            told = merge(told, attempt(request), request);
        }
        return told;
    }

    private List<Told> merge(List<Told> before, List<Told> after, WriteRequest request) {
        List<Told> merged = new ArrayList<>();
        for (int i = 0; i < before.size(); i++) {
            Told first = before.get(i);
            Told second = after.get(i);
            if (first.isSettled() && second.isSettled() && !first.equals(second)) {
                histories.violation("request " + request.getRequestId() + " was answered with " + first
                        + " and then with " + second + ": " + request.getOps(i));
            }
            // That a repetition was refused says nothing of the first attempt.
            Told open = second.isSettled() || first.known() == second.known() ? second : Told.UNKNOWN;
            merged.add(first.isSettled() ? first : open);
        }
        return merged;
    }

    private List<Told> attempt(WriteRequest request) {
        try {
            return client
                    .records()
                    .withDeadlineAfter(serverTime.toMillis() + WAY_MILLIS, TimeUnit.MILLISECONDS)
                    .write(request)
                    .getResultsList()
                    .stream()
                    .map(this::told)
                    .toList();
        } catch (StatusRuntimeException e) {
            Known known = failed(e).equals(OVERLOADED) ? Known.NOTHING_DONE : Known.UNKNOWN;
            return Collections.nCopies(request.getOpsCount(), new Told(known, 0));
        }
    }

    private Told told(WriteResult result) {
        String code = result.getError().getCode();
        return switch (result.getOutcome()) {
            case CREATED, REPLACED, UPDATED, DELETED, ABSENT -> new Told(Known.DONE, result.getSeq());
            case REFUSED -> {
                if (code.equals(SEQ_MISMATCH)) {
                    yield new Told(Known.CONDITION_FAILED, 0);
                }
                count(code, result.toString());
                yield new Told(Known.NOTHING_DONE, 0);
            }
            case UNKNOWN -> {
                count(code, result.toString());
                yield Told.UNKNOWN;
            }
            case OUTCOME_UNSPECIFIED, UNRECOGNIZED -> throw new AssertionError("no outcome: " + result);
        };
    }

    /** A read of some keys; empty when it was not answered. */
    Optional<List<Optional<Seen>>> read(List<String> keys) {
        GetRequest request = GetRequest.newBuilder()
                .setCollection(collection)
                .addAllKeys(keys.stream().map(Values::key).toList())
                .setTimeout(serverTime())
                .setConsistency(Consistency.newBuilder().setLevel(reads))
                .build();
        try {
            return Optional.of(client
                    .records()
                    .withDeadlineAfter(serverTime.toMillis() + WAY_MILLIS, TimeUnit.MILLISECONDS)
                    .get(request)
                    .getResultsList()
                    .stream()
                    .map(Caller::seen)
                    .toList());
        } catch (StatusRuntimeException e) {
            failed(e);
            pause();
            return Optional.empty();
        }
    }

    private static Optional<Seen> seen(GetResult result) {
        if (result.hasError()) {
            throw new AssertionError("partial answers were not allowed: " + result);
        }
        Record record = result.getRecord();
        return result.hasRecord()
                ? Optional.of(
                        new Seen(record.getFields().getValuesOrThrow("number").getIntValue(), record.getSeq()))
                : Optional.empty();
    }

    private String failed(StatusRuntimeException thrown) {
        GrpcClient.Failure failure = GrpcClient.Failure.of(thrown);
        boolean isCut = failure.code().isEmpty()
                && (failure.status() == Status.Code.UNAVAILABLE
                        || failure.status() == Status.Code.DEADLINE_EXCEEDED
                        || failure.status() == Status.Code.CANCELLED);
        String code = isCut ? CUT : failure.code();
        count(code, failure.toString());
        return code;
    }

    private void count(String code, String details) {
        histories.failed(code);
        if (!EXPLAINED.contains(code)) {
            histories.violation("failed in a way that nothing explains: " + details);
        }
    }

    /** gRPC itself would try to connect again only after longer and longer pauses. */
    private void pause() {
        client.channel().resetConnectBackoff();
        LockSupport.parkNanos(PAUSE.toNanos());
    }

    private com.google.protobuf.Duration serverTime() {
        return com.google.protobuf.Duration.newBuilder()
                .setSeconds(serverTime.toSeconds())
                .setNanos(serverTime.toNanosPart())
                .build();
    }

    /** A UUID of version 7, which begins with the time. */
    private String requestId() {
        long high = System.currentTimeMillis() << 16 | 0x7000 | random.nextInt(1 << 12);
        long low = random.nextLong() & 0x3fff_ffff_ffff_ffffL | 0x8000_0000_0000_0000L;
        return new UUID(high, low).toString();
    }
}
