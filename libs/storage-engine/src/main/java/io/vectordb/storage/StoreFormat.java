package io.vectordb.storage;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import io.vectordb.internal.storage.v1.FeedLease;
import io.vectordb.internal.storage.v1.ShardSegments;
import io.vectordb.internal.storage.v1.StoredRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the rows of a shard's store look like. Format version {@value #VERSION}; integers are big-endian, so that the
 * order of bytes is that of numbers. Checksums are RocksDB's: one per block of a table file and per record of the log.
 *
 * <h2>Column family {@code records}: every version of every record</h2>
 *
 * <p>A row prefix names a record: bucket (2 bytes) ‖ key, as {@link Keys} writes it; no prefix is the beginning of
 * another one. The key of a row is prefix ‖ {@code ~seq} (8 bytes), which puts the newest version of a record first.
 *
 * <p>The value is version of the row format (1 byte, {@value #ROW_VERSION}) ‖ kind (1 byte: {@value #VALUE} a record,
 * {@value #TOMBSTONE} it was deleted) ‖ for a record its {@link StoredRecord}, map entries sorted by key. There is at
 * most one version per record and log entry, all of one entry having the same seq.
 *
 * <h2>Column family {@code newest}: which records exist</h2>
 *
 * <p>Row prefix → seq of the newest version (8 bytes); no row where that is a tombstone or there is none. It says
 * nothing that {@code records} does not, but answers with one look-up that its Bloom filters spare for a new key, where
 * a seek would read a block of every level.
 *
 * <h2>Column family {@code feed}: what changed, in order</h2>
 *
 * <p>Key: seq (8 bytes) ‖ i (4 bytes), {@code i} counting from 0 in the order in which the log entry first named the
 * records. Value: version of the row format (1 byte, {@value #ROW_VERSION}) ‖ kind (1 byte, as above) ‖ seq of the
 * record that this change superseded (8 bytes; 0: there was none, or only a tombstone) ‖ row prefix. The row
 * prefix ‖ {@code ~seq} is in {@code records} as long as the feed row is here.
 *
 * <p>The mark of a seal has the key seq ‖ 0 and a value of two bytes: version of the row format ‖ {@value #SEAL}.
 *
 * <h2>Column family {@code system}</h2>
 *
 * <ul>
 *   <li>{@code 00} → version of the store format (1 byte) ‖ incarnation (8 bytes) ‖ shard uid (UTF-8). Written once.
 *   <li>{@code 01} → the {@link StoreState}: term, index, seq of the last command, live records, feed rows ever
 *       written, bytes of request rows, micros up to which request rows were dropped for their size (7 × 8 bytes).
 *       Written with every log entry, in the batch of its rows.
 *   <li>{@code 02} → the {@link FeedFloor}: seq up to which the feed was trimmed, feed rows ever trimmed (2 × 8 bytes).
 *   <li>{@code 03} → the {@link ShardSegments}; no row before the first command about them.
 *   <li>{@code 10} ‖ request id (UTF-8) → micros of the command (8 bytes) ‖ length of the content hash (4 bytes) ‖
 *       content hash ‖ {@code UnitResult}.
 *   <li>{@code 11} ‖ micros of the command (8 bytes) ‖ request id → size charged for the request row (4 bytes).
 *   <li>{@code 12} ‖ reader of the feed (UTF-8) → seq that it reads from, micros when its lease runs out (2 × 8 bytes).
 * </ul>
 */
final class StoreFormat {

    static final int VERSION = 1;
    static final int ROW_VERSION = 1;
    static final int VALUE = 1;
    static final int TOMBSTONE = 2;
    static final int SEAL = 3;

    static final String RECORDS = "records";
    static final String NEWEST = "newest";
    static final String FEED = "feed";
    static final String SYSTEM = "system";
    static final List<String> FAMILIES = List.of(Database.DEFAULT_FAMILY, RECORDS, NEWEST, FEED, SYSTEM);

    static final int FEED_KEY_BYTES = Long.BYTES + Integer.BYTES;

    private static final byte[] IDENTITY_KEY = {0x00};
    private static final byte[] STATE_KEY = {0x01};
    private static final byte[] FLOOR_KEY = {0x02};
    private static final byte[] SEGMENTS_KEY = {0x03};
    private static final byte REQUEST_TAG = 0x10;
    private static final byte REQUEST_TIME_TAG = 0x11;
    private static final byte LEASE_TAG = 0x12;

    private static final int ROW_HEADER_BYTES = 2;
    private static final int FEED_HEADER_BYTES = ROW_HEADER_BYTES + Long.BYTES;

    private StoreFormat() {}

    // ---- records

    /** The key of one version of a record. */
    static byte[] rowKey(byte[] prefix, long seq) {
        return ByteBuffer.allocate(prefix.length + Long.BYTES)
                .put(prefix)
                .putLong(~seq)
                .array();
    }

    /** Sorts behind every version of a record, and before every other record that follows it. */
    static byte[] behind(byte[] prefix) {
        byte[] key = Arrays.copyOf(prefix, prefix.length + Long.BYTES + 1);
        Arrays.fill(key, prefix.length, prefix.length + Long.BYTES, (byte) 0xff);
        return key;
    }

    /** The value of a row of {@code newest}. */
    static byte[] newest(long seq) {
        return ByteBuffer.allocate(Long.BYTES).putLong(seq).array();
    }

    static long newest(byte[] value) {
        return ByteBuffer.wrap(value).getLong();
    }

    static byte[] prefixOf(byte[] rowKey) {
        return Arrays.copyOf(rowKey, rowKey.length - Long.BYTES);
    }

    static long seqOf(byte[] rowKey) {
        return ~ByteBuffer.wrap(rowKey).getLong(rowKey.length - Long.BYTES);
    }

    /** Whether the row is a version of the record with this prefix. */
    static boolean isVersionOf(byte[] prefix, byte[] rowKey) {
        return rowKey.length == prefix.length + Long.BYTES
                && Arrays.equals(prefix, 0, prefix.length, rowKey, 0, prefix.length);
    }

    static byte[] tombstone() {
        return new byte[] {ROW_VERSION, TOMBSTONE};
    }

    /** The row of a record, the same bytes on every replica. */
    static byte[] value(StoredRecord stored) {
        byte[] row = canonical(stored, ROW_HEADER_BYTES);
        row[0] = ROW_VERSION;
        row[1] = VALUE;
        return row;
    }

    /** The bytes of a message with map entries sorted by key: the same on every replica. */
    static byte[] canonical(MessageLite message) {
        return canonical(message, 0);
    }

    private static byte[] canonical(MessageLite message, int offset) {
        byte[] bytes = new byte[offset + message.getSerializedSize()];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes, offset, bytes.length - offset);
        out.useDeterministicSerialization();
        try {
            message.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException("an array of the right size takes the message", e);
        }
        out.checkNoSpaceLeft();
        return bytes;
    }

    /** Whether a row of {@code records} tells of a deletion; its first two bytes suffice. */
    static boolean isTombstone(byte[] row) {
        return switch (kind(row)) {
            case VALUE -> false;
            case TOMBSTONE -> true;
            default -> throw unknownKind(row);
        };
    }

    private static int kind(byte[] row) {
        if (row.length < ROW_HEADER_BYTES || row[0] != ROW_VERSION) {
            throw new StorageException("a row of version " + (row.length == 0 ? "none" : row[0]) + " and length "
                    + row.length + ", expected version " + ROW_VERSION);
        }
        return row[1];
    }

    private static StorageException unknownKind(byte[] row) {
        return new StorageException("a row of kind " + row[1]);
    }

    static StoredRecord stored(byte[] row) {
        try {
            return StoredRecord.parser().parseFrom(row, ROW_HEADER_BYTES, row.length - ROW_HEADER_BYTES);
        } catch (InvalidProtocolBufferException e) {
            throw new StorageException("a record cannot be read: " + e.getMessage(), e);
        }
    }

    // ---- feed

    sealed interface FeedRow {}

    /**
     * One change.
     *
     * @param superseded seq of the record that it replaced or deleted; 0 where there was none
     */
    record Change(byte[] prefix, boolean deleted, long superseded) implements FeedRow {}

    /** The growing segments end here. */
    record Seal() implements FeedRow {}

    static byte[] feedKey(long seq, int i) {
        return ByteBuffer.allocate(FEED_KEY_BYTES).putLong(seq).putInt(i).array();
    }

    static long feedSeq(byte[] feedKey) {
        return ByteBuffer.wrap(feedKey).getLong();
    }

    static byte[] feedValue(FeedRow row) {
        return switch (row) {
            case Change change -> changeValue(change);
            case Seal() -> new byte[] {ROW_VERSION, SEAL};
        };
    }

    private static byte[] changeValue(Change row) {
        return ByteBuffer.allocate(FEED_HEADER_BYTES + row.prefix().length)
                .put((byte) ROW_VERSION)
                .put((byte) (row.deleted() ? TOMBSTONE : VALUE))
                .putLong(row.superseded())
                .put(row.prefix())
                .array();
    }

    static FeedRow feedRow(byte[] value) {
        return switch (kind(value)) {
            case VALUE -> change(value, false);
            case TOMBSTONE -> change(value, true);
            case SEAL -> new Seal();
            default -> throw unknownKind(value);
        };
    }

    private static Change change(byte[] value, boolean deleted) {
        long superseded = ByteBuffer.wrap(value).getLong(ROW_HEADER_BYTES);
        return new Change(Arrays.copyOfRange(value, FEED_HEADER_BYTES, value.length), deleted, superseded);
    }

    // ---- system

    static byte[] identityKey() {
        return IDENTITY_KEY.clone();
    }

    static byte[] stateKey() {
        return STATE_KEY.clone();
    }

    static byte[] floorKey() {
        return FLOOR_KEY.clone();
    }

    static byte[] segmentsKey() {
        return SEGMENTS_KEY.clone();
    }

    static ShardSegments segments(byte @Nullable [] value) {
        try {
            return value == null ? ShardSegments.getDefaultInstance() : ShardSegments.parseFrom(value);
        } catch (InvalidProtocolBufferException e) {
            throw new StorageException("the segments of the shard cannot be read: " + e.getMessage(), e);
        }
    }

    static byte[] identity(ShardIdentity identity) {
        byte[] uid = identity.shardUid().getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(1 + Long.BYTES + uid.length)
                .put((byte) VERSION)
                .putLong(identity.incarnation())
                .put(uid)
                .array();
    }

    static ShardIdentity identity(byte[] value) {
        if (value.length == 0 || value[0] != VERSION) {
            throw new StorageException(
                    "store format " + (value.length == 0 ? "unknown" : value[0]) + ", this program reads " + VERSION);
        }
        int uidAt = 1 + Long.BYTES;
        String uid = new String(value, uidAt, value.length - uidAt, StandardCharsets.UTF_8);
        return new ShardIdentity(uid, ByteBuffer.wrap(value).getLong(1));
    }

    /**
     * What is counted along the log; all of it follows from the commands alone, so it is the same on every replica.
     *
     * @param applied the last entry
     * @param lastDataSeq seq of the last command; 0 before the first
     * @param liveRecords records that exist
     * @param feedAppended feed rows ever written
     * @param requestBytes size of the request rows
     * @param requestsDroppedMicros request rows up to this time may be missing although their window is not over
     */
    record StoreState(
            AppliedPosition applied,
            long lastDataSeq,
            long liveRecords,
            long feedAppended,
            long requestBytes,
            long requestsDroppedMicros) {

        static final StoreState EMPTY = new StoreState(AppliedPosition.NONE, 0, 0, 0, 0, Long.MIN_VALUE);

        StoreState at(AppliedPosition position) {
            return new StoreState(
                    position, lastDataSeq, liveRecords, feedAppended, requestBytes, requestsDroppedMicros);
        }

        /** After a command that is about no record. */
        StoreState after(AppliedPosition position, long seq, int feedRows) {
            return new StoreState(
                    position, seq, liveRecords, feedAppended + feedRows, requestBytes, requestsDroppedMicros);
        }

        byte[] encode() {
            return ByteBuffer.allocate(7 * Long.BYTES)
                    .putLong(applied.term())
                    .putLong(applied.index())
                    .putLong(lastDataSeq)
                    .putLong(liveRecords)
                    .putLong(feedAppended)
                    .putLong(requestBytes)
                    .putLong(requestsDroppedMicros)
                    .array();
        }

        static StoreState decode(byte @Nullable [] value) {
            if (value == null) {
                return EMPTY;
            }
            ByteBuffer in = ByteBuffer.wrap(value);
            AppliedPosition applied = new AppliedPosition(in.getLong(), in.getLong());
            return new StoreState(applied, in.getLong(), in.getLong(), in.getLong(), in.getLong(), in.getLong());
        }
    }

    /**
     * Where the feed begins; each replica trims for itself.
     *
     * @param seq changes up to here are gone, and with them the versions that they superseded
     * @param trimmed feed rows ever trimmed
     */
    record FeedFloor(long seq, long trimmed) {

        byte[] encode() {
            return ByteBuffer.allocate(2 * Long.BYTES)
                    .putLong(seq)
                    .putLong(trimmed)
                    .array();
        }

        static FeedFloor decode(byte @Nullable [] value) {
            if (value == null) {
                return new FeedFloor(0, 0);
            }
            ByteBuffer in = ByteBuffer.wrap(value);
            return new FeedFloor(in.getLong(), in.getLong());
        }
    }

    /** The row of a request id. The id is at most 64 bytes, as the API promises. */
    static byte[] requestKey(String requestId) {
        byte[] id = requestId.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(1 + id.length).put(REQUEST_TAG).put(id).array();
    }

    static byte[] requestValue(long micros, byte[] contentHash, byte[] result) {
        return ByteBuffer.allocate(Long.BYTES + Integer.BYTES + contentHash.length + result.length)
                .putLong(micros)
                .putInt(contentHash.length)
                .put(contentHash)
                .put(result)
                .array();
    }

    /** Sorts at or before every entry of the time index from {@code micros} on. */
    static byte[] requestTimeKey(long micros, String requestId) {
        byte[] id = requestId.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(1 + Long.BYTES + id.length)
                .put(REQUEST_TIME_TAG)
                .putLong(micros)
                .put(id)
                .array();
    }

    static boolean isRequestTimeKey(byte[] systemKey) {
        return systemKey[0] == REQUEST_TIME_TAG;
    }

    static long microsOf(byte[] requestTimeKey) {
        return ByteBuffer.wrap(requestTimeKey).getLong(1);
    }

    /** Sorts before the rows of every reader when the reader is empty. */
    static byte[] leaseKey(String reader) {
        byte[] name = reader.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(1 + name.length).put(LEASE_TAG).put(name).array();
    }

    static boolean isLeaseKey(byte[] systemKey) {
        return systemKey[0] == LEASE_TAG;
    }

    static byte[] leaseValue(long fromSeq, long expireMicros) {
        return ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(fromSeq)
                .putLong(expireMicros)
                .array();
    }

    static FeedLease lease(byte[] key, byte[] value) {
        ByteBuffer in = ByteBuffer.wrap(value);
        return FeedLease.newBuilder()
                .setReader(new String(key, 1, key.length - 1, StandardCharsets.UTF_8))
                .setFromSeq(in.getLong())
                .setExpireMicros(in.getLong())
                .build();
    }

    static String requestIdOf(byte[] requestTimeKey) {
        int at = 1 + Long.BYTES;
        return new String(requestTimeKey, at, requestTimeKey.length - at, StandardCharsets.UTF_8);
    }
}
