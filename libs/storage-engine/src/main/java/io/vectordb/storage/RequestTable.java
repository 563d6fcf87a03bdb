package io.vectordb.storage;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.storage.v1.UnitResult;
import io.vectordb.internal.storage.v1.WriteUnit;
import io.vectordb.storage.StoreFormat.StoreState;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;

/**
 * The remembered requests, as one log entry sees and changes them.
 *
 * <p>A request is remembered for {@link #WINDOW} after its command, measured by the times of commands alone, so that
 * every replica forgets it at the same entry. Rows beyond {@link #MAX_BYTES} are dropped earlier, the oldest first, at
 * the start of the next entry. An id that tells its age and is not found is refused when its row may have been
 * forgotten, so it is not done a second time; that holds as far as the clock that made it does not run ahead.
 */
final class RequestTable {

    static final Duration WINDOW = Duration.ofMinutes(10);
    static final long MAX_BYTES = 256L << 20;

    /** What a row costs beside its id and value: the row of the time index, roughly. */
    private static final int ROW_OVERHEAD_BYTES = 64;
    /** Expired rows dropped per entry, beyond twice the number of its units: so they go faster than they come. */
    private static final int DROPS = 64;

    private static final long WINDOW_MICROS = WINDOW.toNanos() / 1_000;

    private record Row(long micros, ByteString hash, UnitResult result) {}

    private final ReadView view;
    private final WriteBatch batch;
    private final ColumnFamilyHandle system;
    private final long nowMicros;
    private final long maxBytes;
    private final Map<String, Row> added = new HashMap<>();
    private final Set<String> dropped = new HashSet<>();
    private long bytes;
    private long droppedMicros;

    /**
     * @param nowMicros time of the command
     * @param state the counters before this entry
     */
    RequestTable(
            ReadView view,
            WriteBatch batch,
            ColumnFamilyHandle system,
            long nowMicros,
            StoreState state,
            long maxBytes) {
        this.view = view;
        this.batch = batch;
        this.system = system;
        this.nowMicros = nowMicros;
        this.maxBytes = maxBytes;
        this.bytes = state.requestBytes();
        this.droppedMicros = state.requestsDroppedMicros();
    }

    /** Size of all rows after this entry. */
    long bytes() {
        return bytes;
    }

    /** Up to which time ids were made whose rows may have been dropped. */
    long droppedMicros() {
        return droppedMicros;
    }

    /**
     * Forgets what is over its time or over the size. Called before the units of the entry.
     *
     * @param oldestMicros no row is older, to the caller's knowledge
     * @return the same after this entry
     */
    long expire(long oldestMicros, int units) {
        long windowStart = windowStart();
        if (oldestMicros >= windowStart && bytes <= maxBytes) {
            return oldestMicros;
        }
        RocksIterator oldest = view.iterator(system);
        oldest.seek(StoreFormat.requestTimeKey(oldestMicros, ""));
        int left = DROPS + 2 * units;
        for (; ReadView.onRow(oldest); oldest.next()) {
            byte[] timeKey = oldest.key();
            if (!StoreFormat.isRequestTimeKey(timeKey)) {
                break;
            }
            long micros = StoreFormat.microsOf(timeKey);
            boolean expired = micros < windowStart;
            if (bytes <= maxBytes && (!expired || left == 0)) {
                return micros;
            }
            String requestId = StoreFormat.requestIdOf(timeKey);
            drop(requestId, timeKey, ByteBuffer.wrap(oldest.value()).getInt());
            left = Math.max(0, left - 1);
            noteDropped(requestId, micros);
        }
        return Long.MAX_VALUE;
    }

    /**
     * Also of rows that were over their time: the clock that said so may have run ahead, and the next leader's may not. Not
     * the time of the command itself, which may be that of such a clock, and would refuse new requests when it is back.
     */
    private void noteDropped(String requestId, long micros) {
        OptionalLong made = RequestIds.micros(requestId);
        if (made.isPresent()) {
            droppedMicros = Math.max(droppedMicros, Math.min(made.getAsLong(), micros));
        }
    }

    private void drop(String requestId, byte[] timeKey, int rowBytes) {
        dropped.add(requestId);
        bytes -= rowBytes;
        Database.run(() -> batch.delete(system, StoreFormat.requestKey(requestId)));
        Database.run(() -> batch.delete(system, timeKey));
    }

    /** Whether this entry added rows. */
    boolean remembered() {
        return !added.isEmpty();
    }

    /** What to answer to a unit without doing it; null: it is to be done. */
    @Nullable
    UnitResult answer(WriteUnit unit) {
        if (unit.getRequestId().isEmpty()) {
            return null;
        }
        Row row = find(unit.getRequestId());
        if (row == null || row.micros() < windowStart()) {
            return refusalForAge(unit.getRequestId());
        }
        if (!row.hash().equals(unit.getContentHash())) {
            return Refusals.refusedUnit(new VectorDbException(
                    ErrorCode.REQUEST_ID_REUSED,
                    "request id " + unit.getRequestId() + " was used for another content at " + instant(row.micros()),
                    Map.of("request_id", unit.getRequestId())));
        }
        return row.result().toBuilder().setReplayed(true).build();
    }

    private @Nullable UnitResult refusalForAge(String requestId) {
        OptionalLong made = RequestIds.micros(requestId);
        boolean older = made.isPresent() && (made.getAsLong() < windowStart() || made.getAsLong() <= droppedMicros);
        if (!older) {
            return null;
        }
        String from = instant(Math.max(windowStart(), droppedMicros));
        String at = instant(made.getAsLong());
        return Refusals.refusedUnit(new VectorDbException(
                ErrorCode.INVALID_VALUE,
                "request id is older than the dedupe window: made at " + at + ", the window begins at " + from,
                Map.of("request_id", requestId, "made_at", at, "window_start", from)));
    }

    /** Remembers the result of a unit that was done, or refused op by op. */
    void remember(WriteUnit unit, UnitResult result) {
        String id = unit.getRequestId();
        if (id.isEmpty()) {
            return;
        }
        Row expired = find(id);
        byte[] key = StoreFormat.requestKey(id);
        if (expired != null) {
            byte[] old = requestValue(expired);
            drop(id, StoreFormat.requestTimeKey(expired.micros(), id), charge(key, old));
        }
        Row row = new Row(nowMicros, unit.getContentHash(), result);
        byte[] value = requestValue(row);
        int charge = charge(key, value);
        byte[] size = ByteBuffer.allocate(Integer.BYTES).putInt(charge).array();
        Database.run(() -> batch.put(system, key, value));
        Database.run(() -> batch.put(system, StoreFormat.requestTimeKey(nowMicros, id), size));
        added.put(id, row);
        bytes += charge;
    }

    private static int charge(byte[] key, byte[] value) {
        return key.length + value.length + ROW_OVERHEAD_BYTES;
    }

    private static byte[] requestValue(Row row) {
        return StoreFormat.requestValue(row.micros(), row.hash().toByteArray(), StoreFormat.canonical(row.result()));
    }

    private @Nullable Row find(String requestId) {
        Row row = added.get(requestId);
        if (row != null || dropped.contains(requestId)) {
            return row;
        }
        byte[] value = view.get(system, StoreFormat.requestKey(requestId));
        return value == null ? null : decode(value);
    }

    private static Row decode(byte[] value) {
        ByteBuffer in = ByteBuffer.wrap(value);
        long micros = in.getLong();
        ByteString hash = ByteString.copyFrom(in, in.getInt());
        try {
            return new Row(micros, hash, UnitResult.parseFrom(in));
        } catch (InvalidProtocolBufferException e) {
            throw new StorageException("a remembered request cannot be read: " + e.getMessage(), e);
        }
    }

    private long windowStart() {
        return nowMicros - WINDOW_MICROS;
    }

    private static String instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString();
    }
}
