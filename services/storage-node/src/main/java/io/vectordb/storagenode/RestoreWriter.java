package io.vectordb.storagenode;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.storage.v1.OpResult;
import io.vectordb.internal.storage.v1.RecordOp;
import io.vectordb.internal.storage.v1.WriteResponse;
import io.vectordb.internal.storage.v1.WriteUnit;
import io.vectordb.raft.GroupId;
import io.vectordb.v1.WriteResult.Outcome;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Writes records to a shard's log, about {@value #ENTRY_BYTES} bytes an entry and {@value #AT_ONCE} entries at once. For
 * one thread, which waits while that many are under way. A write that fails fails the next call.
 */
final class RestoreWriter implements AutoCloseable {

    static final int ENTRY_BYTES = 1 << 20;
    static final int AT_ONCE = 4;
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private record Entry(WriteUnit unit, CompletableFuture<WriteResponse> answer) {}

    private final WriteCoalescer writes;
    private final GroupId group;
    private final BackupProgress progress;
    private final Deque<Entry> underWay = new ArrayDeque<>();
    private WriteUnit.Builder unit = WriteUnit.newBuilder();
    private int unitBytes;

    RestoreWriter(WriteCoalescer writes, GroupId group, BackupProgress progress) {
        this.writes = writes;
        this.group = group;
        this.progress = progress;
    }

    void add(RecordOp op) {
        int bytes = op.getSerializedSize();
        if (unitBytes > 0 && unitBytes + bytes > ENTRY_BYTES) {
            send();
        }
        unit.addOps(op);
        unitBytes += bytes;
    }

    /** Returns when all of it is applied at the leader. */
    void finish() {
        if (unitBytes > 0) {
            send();
        }
        while (!underWay.isEmpty()) {
            awaitFirst();
        }
    }

    private void send() {
        while (underWay.size() >= AT_ONCE) {
            awaitFirst();
        }
        WriteUnit built = unit.build();
        underWay.add(new Entry(built, write(built)));
        unit = WriteUnit.newBuilder();
        unitBytes = 0;
    }

    private CompletableFuture<WriteResponse> write(WriteUnit built) {
        return writes.write(group, List.of(built), TIMEOUT);
    }

    /** What was refused because the node is busy is sent again; the order of the entries does not matter. */
    private void awaitFirst() {
        Entry first = underWay.remove();
        while (true) {
            try {
                check(first.answer().join());
                progress.restored(first.unit().getOpsCount());
                return;
            } catch (CompletionException e) {
                if (!(e.getCause() instanceof VectorDbException known) || known.code() != ErrorCode.OVERLOADED) {
                    throw e.getCause() instanceof VectorDbException known ? known : e;
                }
                progress.check();
                LockSupport.parkNanos(PAUSE_NANOS);
                first = new Entry(first.unit(), write(first.unit()));
            }
        }
    }

    private static void check(WriteResponse response) {
        for (OpResult result : response.getUnits(0).getResultsList()) {
            if (result.getOutcome() == Outcome.REFUSED) {
                throw new VectorDbException(
                        ErrorCode.INTERNAL,
                        "a record of the backup was refused: "
                                + result.getError().getMessage());
            }
        }
    }

    /** Lets go of what is still under way; it may be applied. */
    @Override
    public void close() {
        underWay.clear();
    }
}
