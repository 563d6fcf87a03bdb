package io.vectordb.storagenode;

import com.google.protobuf.InvalidProtocolBufferException;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.storage.v1.RecordOp;
import io.vectordb.internal.storage.v1.ShardCommand;
import io.vectordb.internal.storage.v1.WriteCommand;
import io.vectordb.internal.storage.v1.WriteResponse;
import io.vectordb.internal.storage.v1.WriteUnit;
import io.vectordb.raft.GroupId;
import io.vectordb.v1.RecordKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/**
 * Puts small writes that come at the same time into common log entries, which cost one sync and one batch however many
 * writes they hold.
 *
 * <p>A write goes at once while fewer than {@value #ROUNDS} rounds of its shard are under way; those that come meanwhile
 * wait and go together as the next round. So a lone writer waits for nobody, and entries grow with the load.
 *
 * <p>Two writes that name the same record never share an entry: all of an entry has one seq, and who got that seq for its
 * record must find the record unchanged as long as it has it. The answers are those that each write would have had alone,
 * but for the seq, which several share. A write of {@value #ALONE_BYTES} bytes or more goes by itself. Thread-safe.
 */
final class WriteCoalescer implements AutoCloseable {

    static final int ALONE_BYTES = 256 << 10;
    private static final int ENTRY_BYTES = 1 << 20;
    /** Patches grow to whole records of 1 MiB each, and the store refuses an entry that makes more than 32 MiB. */
    private static final int ENTRY_PATCHES = 24;

    private static final int ROUNDS = 2;
    private static final long WAITING_BYTES = 16L << 20;

    private record Waiting(
            List<WriteUnit> units, int bytes, Duration timeout, CompletableFuture<WriteResponse> answer) {}

    /** The writes of one shard. */
    private static final class Lane {
        private final Deque<Waiting> waiting = new ArrayDeque<>();
        private long waitingBytes;
        private int rounds;
    }

    private final DiskServers node;
    private final Clock clock;
    private final ConcurrentMap<GroupId, Lane> lanes = new ConcurrentHashMap<>();
    /** Rounds end on a thread that applies entries, which must not wait for room in the log. */
    private final ExecutorService senders = Executors.newFixedThreadPool(
            2, Thread.ofPlatform().daemon().name("storage-coalesce-", 0).factory());

    WriteCoalescer(DiskServers node, Clock clock) {
        this.node = node;
        this.clock = clock;
    }

    /** Writes the units, in one log entry, and answers when the leader has applied them. */
    CompletableFuture<WriteResponse> write(GroupId group, List<WriteUnit> units, Duration timeout) {
        int bytes = units.stream().mapToInt(WriteUnit::getSerializedSize).sum();
        Waiting write = new Waiting(units, bytes, timeout, new CompletableFuture<>());
        if (bytes >= ALONE_BYTES) {
            send(group, List.of(write));
            return write.answer();
        }
        Lane lane = lanes.computeIfAbsent(group, _ -> new Lane());
        synchronized (lane) {
            if (lane.rounds >= ROUNDS) {
                refuseTooMany(group, lane, bytes);
                lane.waiting.add(write);
                lane.waitingBytes += bytes;
                return write.answer();
            }
            lane.rounds++;
        }
        round(group, lane, List.of(write));
        return write.answer();
    }

    private static void refuseTooMany(GroupId group, Lane lane, int bytes) {
        if (lane.waitingBytes + bytes > WAITING_BYTES) {
            throw new VectorDbException(
                    ErrorCode.OVERLOADED,
                    "writes of " + lane.waitingBytes + " bytes wait already for " + group,
                    Map.of("group", group.name()));
        }
    }

    /** Sends these writes, and when they are answered what came meanwhile. */
    private void round(GroupId group, Lane lane, List<Waiting> writes) {
        List<CompletableFuture<?>> entries = new ArrayList<>();
        for (List<Waiting> entry : pack(writes)) {
            entries.add(send(group, entry));
        }
        CompletableFuture.allOf(entries.toArray(CompletableFuture[]::new)).whenComplete((_, _) -> next(group, lane));
    }

    private void next(GroupId group, Lane lane) {
        List<Waiting> writes;
        synchronized (lane) {
            writes = List.copyOf(lane.waiting);
            lane.waiting.clear();
            lane.waitingBytes = 0;
            if (writes.isEmpty()) {
                lane.rounds--;
                return;
            }
        }
        try {
            senders.execute(() -> round(group, lane, writes));
        } catch (RejectedExecutionException e) {
            writes.forEach(write -> write.answer()
                    .completeExceptionally(new VectorDbException(ErrorCode.SHARD_UNAVAILABLE, "the node is closing")));
        }
    }

    /** In order, into as few entries as go. */
    private static List<List<Waiting>> pack(List<Waiting> writes) {
        List<List<Waiting>> entries = new ArrayList<>();
        List<Waiting> entry = new ArrayList<>();
        Set<RecordKey> keys = new HashSet<>();
        long bytes = 0;
        int patches = 0;
        for (Waiting write : writes) {
            List<RecordOp> ops = write.units().stream()
                    .flatMap(unit -> unit.getOpsList().stream())
                    .toList();
            int ofPatches = (int) ops.stream().filter(RecordOp::hasPatch).count();
            boolean fits = bytes + write.bytes() <= ENTRY_BYTES
                    && patches + ofPatches <= ENTRY_PATCHES
                    && ops.stream().noneMatch(op -> keys.contains(op.getKey()));
            if (!fits && !entry.isEmpty()) {
                entries.add(entry);
                entry = new ArrayList<>();
                keys.clear();
                bytes = 0;
                patches = 0;
            }
            entry.add(write);
            ops.forEach(op -> keys.add(op.getKey()));
            bytes += write.bytes();
            patches += ofPatches;
        }
        entries.add(entry);
        return entries;
    }

    private CompletableFuture<?> send(GroupId group, List<Waiting> entry) {
        WriteCommand.Builder command =
                WriteCommand.newBuilder().setTimeMicros(ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant()));
        entry.forEach(write -> command.addAllUnits(write.units()));
        Duration timeout =
                entry.stream().map(Waiting::timeout).max(Duration::compareTo).orElseThrow();
        byte[] bytes = ShardCommand.newBuilder().setWrite(command).build().toByteArray();
        return submit(group, bytes, timeout).handle((response, error) -> {
            if (error == null) {
                answer(entry, response);
            } else {
                Throwable cause =
                        error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
                entry.forEach(write -> write.answer().completeExceptionally(cause));
            }
            return null;
        });
    }

    private CompletableFuture<WriteResponse> submit(GroupId group, byte[] entry, Duration timeout) {
        try {
            return node.of(group).submit(group, entry, timeout).thenApply(WriteCoalescer::parse);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static WriteResponse parse(byte[] bytes) {
        try {
            return WriteResponse.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new CompletionException(e);
        }
    }

    /** To each write the results of its own units. */
    private static void answer(List<Waiting> entry, WriteResponse response) {
        int at = 0;
        for (Waiting write : entry) {
            int end = at + write.units().size();
            write.answer()
                    .complete(WriteResponse.newBuilder()
                            .setSeq(response.getSeq())
                            .addAllUnits(response.getUnitsList().subList(at, end))
                            .build());
            at = end;
        }
    }

    @Override
    public void close() {
        senders.shutdownNow();
    }
}
