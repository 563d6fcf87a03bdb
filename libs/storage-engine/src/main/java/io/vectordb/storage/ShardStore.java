package io.vectordb.storage;

import com.google.protobuf.ByteString;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.storage.v1.FeedLease;
import io.vectordb.internal.storage.v1.GetResponse;
import io.vectordb.internal.storage.v1.KeyInBucket;
import io.vectordb.internal.storage.v1.LeaseCommand;
import io.vectordb.internal.storage.v1.ScanResponse;
import io.vectordb.internal.storage.v1.SegmentsCommand;
import io.vectordb.internal.storage.v1.SegmentsResult;
import io.vectordb.internal.storage.v1.ShardSegments;
import io.vectordb.internal.storage.v1.TailResponse;
import io.vectordb.internal.storage.v1.WriteCommand;
import io.vectordb.internal.storage.v1.WriteResponse;
import io.vectordb.storage.EntryApplier.Applied;
import io.vectordb.storage.StoreFormat.FeedFloor;
import io.vectordb.storage.StoreFormat.Seal;
import io.vectordb.storage.StoreFormat.StoreState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.WriteBatch;

/**
 * The state of one replica of a shard in one RocksDB: every version of its records that someone may still ask for, the
 * feed of its changes, and the requests of the last minutes. {@link StoreFormat} says how it is laid out.
 *
 * <p>Deterministic: the state after an entry depends on the entries up to it alone; the times that count travel in the
 * commands. How far the feed was trimmed is the replica's own affair and changes no result of a command.
 *
 * <p>Durability: the effects of an entry and its position are written as one batch, unsynced. After a crash the store
 * holds the effects of all entries up to {@link #applied()}, of none behind it, and {@code applied()} is at least what
 * the last {@link #sync()} returned; the log brings the rest again.
 *
 * <p>Threads: {@link #apply} and {@link #advance} are called in the order of the log; all else may be called by any
 * thread at any time. Reads see each entry whole or not at all. After {@link #close()}, which waits for calls in
 * progress, they fail with SHARD_UNAVAILABLE.
 *
 * <p>Failure: {@link StorageException} when RocksDB fails. From {@link #apply} or {@link #advance} it means that this
 * replica cannot follow the log, and the caller halts the process.
 */
public final class ShardStore implements AutoCloseable {

    /** How many changes {@link #housekeep} keeps when nobody reads them. */
    public static final long FEED_ENTRIES = 200_000;

    /** And how many at most for readers that have leases or begin with the published segments; who is slower than that begins anew. */
    static final long LEASED_FEED_ENTRIES = 10 * FEED_ENTRIES;

    private final Database database;
    private final ShardIdentity identity;
    private final ColumnFamilyHandle system;
    private final StorageResources shared;
    private final StoreReader store;
    private final EntryApplier applier;
    private final RecordReader records;
    private final FeedReader feed;
    private final FeedTrimmer trimmer;
    private final FeedLeases leases;
    private final ChangeSignal changes;
    private final Object trimming = new Object();
    private volatile StoreState state;
    private volatile FeedFloor floor;
    private volatile ShardSegments segments;

    private ShardStore(Database database, ShardIdentity identity, StorageResources shared, long maxRequestBytes) {
        this.database = database;
        this.identity = identity;
        this.shared = shared;
        this.system = database.family(StoreFormat.SYSTEM);
        claim(database, system, identity);
        this.store = new StoreReader(identity, database);
        this.applier = new EntryApplier(database, maxRequestBytes);
        this.records = new RecordReader(database, store);
        this.feed = new FeedReader(database, store);
        this.trimmer = new FeedTrimmer(database, store);
        this.leases = new FeedLeases(database);
        try (ReadView view = database.view()) {
            this.state = store.state(view);
            this.floor = store.floor(view);
            this.segments = store.segments(view);
        }
        this.changes = new ChangeSignal(state.lastDataSeq());
    }

    /**
     * Opens the store in {@code directory}, or makes one there. What it holds then is durable.
     *
     * @throws StorageException when the directory holds the state of another shard or incarnation, or a format that
     *     this program does not read; nothing is changed then
     */
    public static ShardStore open(Path directory, ShardIdentity identity, StorageResources shared) {
        return open(directory, identity, shared, RequestTable.MAX_BYTES);
    }

    static ShardStore open(Path directory, ShardIdentity identity, StorageResources shared, long maxRequestBytes) {
        Database database = Database.open(directory, StoreFormat.FAMILIES, shared);
        try {
            return new ShardStore(database, identity, shared, maxRequestBytes);
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    /** Writes whose state the directory holds, or checks it. */
    private static void claim(Database database, ColumnFamilyHandle system, ShardIdentity identity) {
        byte[] key = StoreFormat.identityKey();
        try (ReadView view = database.view();
                NativeScope scope = new NativeScope()) {
            byte[] found = view.get(system, key);
            if (found == null) {
                WriteBatch batch = scope.own(new WriteBatch());
                Database.run(() -> batch.put(system, key, StoreFormat.identity(identity)));
                database.write(batch);
                database.syncWal();
                return;
            }
            ShardIdentity owner = StoreFormat.identity(found);
            if (!owner.equals(identity)) {
                throw new StorageException(database.directory() + " belongs to shard " + owner.shardUid()
                        + " incarnation " + owner.incarnation() + ", expected shard " + identity.shardUid()
                        + " incarnation " + identity.incarnation());
            }
        }
    }

    public ShardIdentity identity() {
        return identity;
    }

    /**
     * Applies one command of the log. A command that the state does not admit is answered op by op, the same on every
     * replica, and counts as applied.
     *
     * @return one result per unit; an empty response, with seq 0, when the entry was applied before
     * @throws StorageException the process is to be halted
     */
    public synchronized WriteResponse apply(long term, long index, WriteCommand command) {
        StoreState before = state;
        if (index <= before.applied().index()) {
            return WriteResponse.getDefaultInstance();
        }
        long seq = commandSeq(index);
        Applied applied;
        try (ReadView view = database.view();
                NativeScope scope = new NativeScope()) {
            WriteBatch batch = scope.own(new WriteBatch());
            applied = applier.apply(view, batch, before, new AppliedPosition(term, index), seq, command);
            database.write(batch);
        }
        state = applied.state();
        changes.reached(seq);
        return applied.response();
    }

    private long commandSeq(long index) {
        long seq = identity.seqAt(index);
        if (seq == 0) {
            throw new IllegalArgumentException("seq 0 means absent: no command at index 0 of incarnation 0");
        }
        return seq;
    }

    /**
     * Applies one step of building segments. It has a seq like a write, also when it is refused, so who follows the feed
     * wakes up and passes it.
     *
     * @return an empty result when the entry was applied before
     * @throws StorageException the process is to be halted
     */
    public synchronized SegmentsResult apply(long term, long index, SegmentsCommand command) {
        StoreState before = state;
        if (index <= before.applied().index()) {
            return SegmentsResult.getDefaultInstance();
        }
        long seq = commandSeq(index);
        SegmentLedger.Outcome outcome = SegmentLedger.apply(segments, command, seq);
        StoreState after = before.after(new AppliedPosition(term, index), seq, outcome.sealed() ? 1 : 0);
        try (NativeScope scope = new NativeScope()) {
            WriteBatch batch = scope.own(new WriteBatch());
            Database.run(() -> {
                if (outcome.sealed()) {
                    batch.put(
                            database.family(StoreFormat.FEED),
                            StoreFormat.feedKey(seq, 0),
                            StoreFormat.feedValue(new Seal()));
                }
                batch.put(system, StoreFormat.segmentsKey(), StoreFormat.canonical(outcome.segments()));
                batch.put(system, StoreFormat.stateKey(), after.encode());
            });
            database.write(batch);
        }
        segments = outcome.segments();
        state = after;
        changes.reached(seq);
        return SegmentsResult.newBuilder()
                .setRefused(outcome.refused())
                .setSegments(outcome.segments())
                .build();
    }

    /** The published segments, the last seal and the claim of a builder, as of the last entry. */
    public ShardSegments segments() {
        return segments;
    }

    /**
     * Applies one command about the lease of a reader of the feed. It has no seq that anybody can read at.
     *
     * @return whether the lease was taken in; true for an entry applied before
     */
    public synchronized boolean apply(long term, long index, LeaseCommand command) {
        if (index <= state.applied().index()) {
            return true;
        }
        StoreState advanced = state.at(new AppliedPosition(term, index));
        boolean taken;
        try (ReadView view = database.view();
                NativeScope scope = new NativeScope()) {
            WriteBatch batch = scope.own(new WriteBatch());
            taken = leases.apply(view, batch, command);
            Database.run(() -> batch.put(system, StoreFormat.stateKey(), advanced.encode()));
            database.write(batch);
        }
        state = advanced;
        return taken;
    }

    /** The leases of readers of the feed, those that ran out lately included. */
    public List<FeedLease> leases() {
        try (ReadView view = database.view()) {
            return leases.all(view);
        }
    }

    /** Notes that an entry without data was reached; does nothing for one applied before. */
    public synchronized void advance(long term, long index) {
        if (index <= state.applied().index()) {
            return;
        }
        StoreState advanced = state.at(new AppliedPosition(term, index));
        try (NativeScope scope = new NativeScope()) {
            WriteBatch batch = scope.own(new WriteBatch());
            Database.run(() -> batch.put(system, StoreFormat.stateKey(), advanced.encode()));
            database.write(batch);
        }
        state = advanced;
    }

    /** The last entry whose effects reads see. */
    public AppliedPosition applied() {
        return state.applied();
    }

    /** The seq of {@link #applied()}; 0 when nothing is applied. */
    public long appliedSeq() {
        return store.appliedSeq(state.applied());
    }

    /** The seq of the last command applied; 0 when there was none. */
    public long lastDataSeq() {
        return state.lastDataSeq();
    }

    /** Changes up to this seq are trimmed; {@link #tail} and {@link #scan} answer from here on. */
    public long feedFloor() {
        return floor.seq();
    }

    /** Makes what is applied durable, and returns up to where: the log may be purged as far. */
    public AppliedPosition sync() {
        AppliedPosition durable = state.applied();
        database.syncWal();
        return durable;
    }

    /** Rewrites all tables without what was deleted or replaced, as long as reading and writing them takes. */
    public void compact() {
        StoreFormat.FAMILIES.forEach(family -> database.compact(database.family(family)));
    }

    /**
     * Makes the store in {@code directory}, which nobody has open, what a later incarnation of the shard begins with. Records,
     * their seqs and the remembered requests stay, and the position in the log. The feed begins anew with the new
     * incarnation: whoever followed the one before may have seen what is lost, and reads everything again. No segment is
     * published any more for the same reason: they may hold what is lost.
     *
     * @return the last entry whose effects it holds
     * @throws StorageException when it is no store of {@code before}
     */
    public static AppliedPosition succeed(
            Path directory, ShardIdentity before, ShardIdentity after, StorageResources shared) {
        if (!before.shardUid().equals(after.shardUid()) || before.incarnation() >= after.incarnation()) {
            throw new IllegalArgumentException(after + " does not come after " + before);
        }
        try (ShardStore store = open(directory, before, shared)) {
            store.trimFeed(0);
        }
        try (Database database = Database.open(directory, StoreFormat.FAMILIES, shared);
                NativeScope scope = new NativeScope()) {
            StoreState state;
            try (ReadView view = database.view()) {
                state = new StoreReader(before, database).state(view);
            }
            long seq = after.seqAt(Math.max(0, state.applied().index()));
            StoreState next = state.after(state.applied(), seq, 0);
            ColumnFamilyHandle system = database.family(StoreFormat.SYSTEM);
            WriteBatch batch = scope.own(new WriteBatch());
            Database.run(() -> {
                batch.put(system, StoreFormat.identityKey(), StoreFormat.identity(after));
                batch.put(system, StoreFormat.stateKey(), next.encode());
                batch.delete(system, StoreFormat.segmentsKey());
                batch.put(system, StoreFormat.floorKey(), new FeedFloor(seq, state.feedAppended()).encode());
            });
            database.write(batch);
            database.syncWal();
            return state.applied();
        }
    }

    /**
     * Makes a copy of the store in {@code target}, which must not exist, by hard links: it costs a flush of what is in
     * memory and no space until the files here are compacted away. Holds what was applied before this call, and may hold
     * more; {@link #verify} tells.
     */
    public void checkpoint(Path target) {
        database.checkpoint(target);
    }

    /**
     * Reads all of a copy that came from another replica and checks it. Opens and closes it, so its files change.
     *
     * @return the last entry whose effects it holds
     * @throws StorageException when a checksum fails, or it is not a store of this identity
     */
    public static AppliedPosition verify(Path directory, ShardIdentity identity, StorageResources shared) {
        if (!Files.exists(directory.resolve("CURRENT"))) {
            throw new StorageException(directory + " holds no store");
        }
        try (Database database = Database.open(directory, StoreFormat.FAMILIES, shared)) {
            claim(database, database.family(StoreFormat.SYSTEM), identity);
            database.verifyChecksums();
            try (ReadView view = database.view()) {
                return new StoreReader(identity, database).state(view).applied();
            }
        }
    }

    /**
     * Hashes what the store holds as of the last entry applied. When called from the thread that applies, that is the entry
     * at hand: the view is taken before this returns, and read by {@code worker} after.
     *
     * @return fails with SHARD_UNAVAILABLE when the store is closed first, which waits for a hash that has begun
     */
    public CompletableFuture<ContentHash> hash(Executor worker) {
        CompletableFuture<ContentHash> hash = new CompletableFuture<>();
        CompletableFuture<Void> viewed = new CompletableFuture<>();
        worker.execute(() -> {
            try {
                hash.complete(hash(viewed));
            } catch (RuntimeException e) {
                hash.completeExceptionally(e);
            } finally {
                viewed.complete(null);
            }
        });
        viewed.join();
        return hash;
    }

    private ContentHash hash(CompletableFuture<Void> viewed) {
        try (ReadView view = database.view()) {
            StoreState now = store.state(view);
            viewed.complete(null);
            return new ContentHasher(view, database, now).hash();
        }
    }

    /**
     * Hashes which records of these buckets existed as of a seq, whatever entries wrote them.
     *
     * @param check called now and then; what it throws ends the work
     * @throws VectorDbException RESYNC when the feed was trimmed past {@code asOfSeq}, STALE when this replica has not
     *     come there yet
     */
    public RecordsHash recordsHash(long asOfSeq, int bucketFrom, int bucketTo, Runnable check) {
        RecordsHasher hasher = new RecordsHasher(check);
        records.walk(asOfSeq, bucketFrom, bucketTo, hasher::add);
        return hasher.hash();
    }

    /** The newest versions of these records, one answer per key in order, and the seq as of which they are that. */
    public GetResponse get(List<KeyInBucket> keys) {
        return records.get(keys);
    }

    /**
     * A page of the records that existed as of a seq, in the order of bucket and key.
     *
     * @param asOfSeq 0: as of now; the answer says which seq that is, and the pages after it ask for that
     * @param after the {@code position} or {@code next} to go on behind; empty: from the start
     * @param maxRecords at least 1
     * @param maxBytes of the rows, about; one record comes even when it is larger
     * @throws VectorDbException RESYNC when the feed was trimmed past {@code asOfSeq}, STALE when this replica has not
     *     come there yet
     */
    public ScanResponse scan(long asOfSeq, ByteString after, int maxRecords, int maxBytes) {
        if (maxRecords < 1 || maxBytes < 1) {
            throw new IllegalArgumentException("a page of " + maxRecords + " records and " + maxBytes + " bytes");
        }
        return records.scan(asOfSeq, after, maxRecords, maxBytes);
    }

    /**
     * The changes after a seq, in order, each with the record as it was then. All changes of a log entry come in one
     * answer.
     *
     * @param fromSeq exclusive
     * @param maxBytes of the rows, about; at least one log entry comes, whatever its size
     * @return with {@code confirmed_seq}: every change after {@code fromSeq} up to there is in this answer. It is below
     *     {@code fromSeq} when this replica has not come so far
     * @throws VectorDbException RESYNC when the feed was trimmed past {@code fromSeq}
     */
    public TailResponse tail(long fromSeq, int maxBytes) {
        return feed.tail(fromSeq, maxBytes);
    }

    /**
     * Completes as soon as a command with a seq above {@code seq} is applied, at once when one was; fails with
     * SHARD_UNAVAILABLE when the store is closed.
     *
     * <p>Completed by the applying thread, which must not be held up: chain with the {@code Async} methods. A future
     * that is cancelled or times out is forgotten.
     */
    public CompletableFuture<Void> changeAfter(long seq) {
        return changes.after(seq);
    }

    /**
     * Drops the oldest changes, whole log entries at a time, while at least {@code keepEntries} stay, and the versions
     * that only they kept. Costs two small deletes per change.
     */
    public void trimFeed(long keepEntries) {
        trimFeed(keepEntries, Long.MAX_VALUE);
    }

    /** The same, but for the changes behind {@code heldFrom}. */
    private void trimFeed(long keepEntries, long heldFrom) {
        synchronized (trimming) {
            floor = trimmer.trim(Math.max(0, keepEntries), heldFrom);
        }
    }

    /**
     * What the owner calls from time to time: keeps the feed at {@link #FEED_ENTRIES}, or longer where a reader has a
     * lease, and from the end of the last published segment on: who loads the segments goes on there.
     *
     * @param nowMicros by this replica's clock: when a lease has run out decides about no result of a command
     */
    public void housekeep(long nowMicros) {
        housekeep(nowMicros, FEED_ENTRIES, LEASED_FEED_ENTRIES);
    }

    void housekeep(long nowMicros, long keepEntries, long keepLeasedEntries) {
        long heldFrom;
        try (ReadView view = database.view()) {
            heldFrom = Math.min(leases.heldFrom(view, nowMicros), segmentsEnd(store.segments(view)));
        }
        trimFeed(keepEntries, heldFrom);
        trimFeed(keepLeasedEntries);
    }

    private static long segmentsEnd(ShardSegments segments) {
        int count = segments.getSegmentsCount();
        return count == 0 ? Long.MAX_VALUE : segments.getSegments(count - 1).getToSeq();
    }

    public StoreStatistics statistics() {
        StoreState now = state;
        return new StoreStatistics(
                now.liveRecords(),
                database.property("rocksdb.total-sst-files-size"),
                database.property("rocksdb.cur-size-all-mem-tables"),
                shared.blockCacheBytes(),
                now.feedAppended() - floor.trimmed(),
                now.requestBytes(),
                database.property("rocksdb.estimate-pending-compaction-bytes"),
                database.property("rocksdb.is-write-stopped") > 0,
                database.property("rocksdb.background-errors"));
    }

    /** Waits for calls in progress, then closes. What was applied and not synced is still there after a reopen. */
    @Override
    public void close() {
        changes.close();
        database.close();
    }
}
