package io.vectordb.e2e.process;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.vectordb.v1.GetRequest;
import io.vectordb.v1.GetResponse;
import io.vectordb.v1.Record;
import io.vectordb.v1.WriteOp;
import io.vectordb.v1.WriteRequest;
import io.vectordb.v1.WriteResponse;
import io.vectordb.v1.WriteResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * A client that writes one thing after another: new records, new versions of its own, deletes, and steps of a register that all
 * writers share. A write whose outcome it does not know it repeats with the same request id until it is told.
 */
final class Writer implements Runnable {

    /** Begins the keys that are never deleted. */
    static final String LASTING = "w";

    static final String REGISTER = "register";

    private static final String PASSING = "d";
    private static final int LASTING_KEYS = 600;
    private static final int PASSING_KEYS = 20;
    private static final int LONGEST_BATCH = 12;
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final Duration THINKING = Duration.ofMillis(3);
    private static final long CALL_SECONDS = 6;
    /** What may happen while processes are dying, besides connections that break. */
    private static final Set<String> PASSING_CODES =
            Set.of("SHARD_UNAVAILABLE", "DEADLINE_EXCEEDED", "STARTING", "STALE", "OVERLOADED");

    private final int id;
    private final GrpcClient client;
    private final String collection;
    private final Ledger ledger;
    private final SplittableRandom random;
    private final BooleanSupplier stopped;
    private final Map<String, Long> numbers = new HashMap<>();

    Writer(
            int id,
            GrpcClient client,
            String collection,
            Ledger ledger,
            SplittableRandom random,
            BooleanSupplier stopped) {
        this.id = id;
        this.client = client;
        this.collection = collection;
        this.ledger = ledger;
        this.random = random;
        this.stopped = stopped;
    }

    @Override
    public void run() {
        try {
            while (!stopped.getAsBoolean()) {
                switch (random.nextInt(8)) {
                    case 0 -> stepRegister();
                    case 1 -> batch(PASSING, PASSING_KEYS, 0.5);
                    default -> batch(LASTING, LASTING_KEYS, 0);
                }
                LockSupport.parkNanos(THINKING.toNanos());
            }
        } catch (RuntimeException | AssertionError e) {
            ledger.violation("writer " + id + " broke off: " + e);
        }
    }

    private void batch(String kind, int keys, double deletes) {
        int size = random.nextInt(3) == 0 ? 1 + random.nextInt(LONGEST_BATCH) : 1;
        List<WriteOp> ops = new ArrayList<>();
        List<Ledger.Acknowledged> meant = new ArrayList<>();
        Set<String> taken = new HashSet<>();
        for (int i = 0; i < size; i++) {
            String key = kind + id + "-" + random.nextInt(keys);
            if (!taken.add(key)) {
                continue;
            }
            long number = numbers.merge(key, 1L, Long::sum);
            boolean delete = random.nextDouble() < deletes;
            ops.add(
                    delete
                            ? WriteOp.newBuilder().setDelete(Values.key(key)).build()
                            : WriteOp.newBuilder()
                                    .setUpsert(Workload.record(key, number))
                                    .build());
            meant.add(new Ledger.Acknowledged(key, number, !delete, 0, ""));
        }
        WriteResponse response = settle(ops);
        for (int i = 0; i < ops.size(); i++) {
            WriteResult result = response.getResults(i);
            Ledger.Acknowledged write = meant.get(i);
            if (result.hasError()) {
                ledger.violation(write + " was refused: " + result.getError());
                continue;
            }
            ledger.acknowledge(new Ledger.Acknowledged(
                    write.key(), write.number(), write.present(), result.getSeq(), response.getToken()));
        }
    }

    private void stepRegister() {
        Optional<Record> present = readRegister();
        long value = present.map(
                        record -> record.getFields().getValuesOrThrow("number").getIntValue())
                .orElse(0L);
        WriteOp step = WriteOp.newBuilder()
                .setUpsert(Workload.record(REGISTER, value + 1))
                .setIfSeq(present.map(Record::getSeq).orElse(0L))
                .build();
        WriteResult result = settle(List.of(step)).getResults(0);
        if (!result.hasError()) {
            ledger.registerMoved(new Ledger.Step(value + 1, result.getSeq()));
        } else if (!result.getError().getCode().equals("SEQ_MISMATCH")) {
            ledger.violation("the register's step to " + (value + 1) + " was refused: " + result.getError());
        }
    }

    private Optional<Record> readRegister() {
        GetRequest request = GetRequest.newBuilder()
                .setCollection(collection)
                .addKeys(Values.key(REGISTER))
                .build();
        while (true) {
            try {
                GetResponse response = client.records()
                        .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
                        .get(request);
                return response.getResults(0).hasRecord()
                        ? Optional.of(response.getResults(0).getRecord())
                        : Optional.empty();
            } catch (StatusRuntimeException e) {
                requirePassing(e);
                pause();
            }
        }
    }

    /** Repeats a write with its id until the outcome of every item is known. */
    private WriteResponse settle(List<WriteOp> ops) {
        WriteRequest request = WriteRequest.newBuilder()
                .setCollection(collection)
                .addAllOps(ops)
                .setRequestId(requestId())
                .build();
        while (true) {
            try {
                WriteResponse response = client.records()
                        .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
                        .write(request);
                if (response.getResultsList().stream().noneMatch(Writer::isOpen)) {
                    if (response.getResults(0).getReplayed()) {
                        ledger.replayed();
                    }
                    return response;
                }
            } catch (StatusRuntimeException e) {
                requirePassing(e);
            }
            ledger.retried();
            pause();
        }
    }

    /** Before a repetition. gRPC itself would try to connect again only after longer and longer pauses. */
    private void pause() {
        client.channel().resetConnectBackoff();
        LockSupport.parkNanos(PAUSE.toNanos());
    }

    private static boolean isOpen(WriteResult result) {
        return result.getOutcome() == WriteResult.Outcome.UNKNOWN
                || PASSING_CODES.contains(result.getError().getCode());
    }

    private void requirePassing(StatusRuntimeException thrown) {
        GrpcClient.Failure failure = GrpcClient.Failure.of(thrown);
        boolean cut = failure.code().isEmpty()
                && (failure.status() == Status.Code.UNAVAILABLE || failure.status() == Status.Code.DEADLINE_EXCEEDED);
        if (!cut && !PASSING_CODES.contains(failure.code())) {
            ledger.violation("a call failed in a way that nothing explains: " + failure);
        }
    }

    /** A UUID of version 7, which begins with the time. */
    private String requestId() {
        long high = System.currentTimeMillis() << 16 | 0x7000 | random.nextInt(1 << 12);
        long low = random.nextLong() & 0x3fff_ffff_ffff_ffffL | 0x8000_0000_0000_0000L;
        return new UUID(high, low).toString();
    }
}
