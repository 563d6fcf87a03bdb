package io.vectordb.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.vectordb.internal.storage.v1.FeedEntry;
import io.vectordb.internal.storage.v1.LeaseCommand;
import io.vectordb.internal.storage.v1.OpResult;
import io.vectordb.internal.storage.v1.RecordOp;
import io.vectordb.internal.storage.v1.ScanResponse;
import io.vectordb.internal.storage.v1.ScannedRecord;
import io.vectordb.internal.storage.v1.SegmentsCommand;
import io.vectordb.internal.storage.v1.SegmentsResult;
import io.vectordb.internal.storage.v1.TailResponse;
import io.vectordb.internal.storage.v1.UnitResult;
import io.vectordb.internal.storage.v1.VersionedRecord;
import io.vectordb.internal.storage.v1.WriteUnit;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.rocksdb.RocksIterator;

/** A store in a folder that can be closed and opened again; closing it checks that no native handle is left. */
final class StoreHarness implements AutoCloseable {

    static final ShardIdentity SHARD = new ShardIdentity("shard-1", 3);
    static final long START_MICROS = 1_700_000_000_000_000L;

    private final int handlesBefore = NativeScope.openHandles();
    private final Path directory;
    private final long maxRequestBytes;
    private final StorageResources shared = new StorageResources(8 << 20, 16 << 20);
    private ShardStore store;
    private long index;
    private long micros = START_MICROS;

    StoreHarness(Path directory) {
        this(directory, RequestTable.MAX_BYTES);
    }

    StoreHarness(Path directory, long maxRequestBytes) {
        this.directory = directory;
        this.maxRequestBytes = maxRequestBytes;
        this.store = ShardStore.open(directory, SHARD, shared, maxRequestBytes);
        this.index = Math.max(0, store.applied().index());
    }

    ShardStore store() {
        return store;
    }

    StorageResources shared() {
        return shared;
    }

    long micros() {
        return micros;
    }

    void pass(long micros) {
        this.micros += micros;
    }

    /** The seq of the last entry. */
    long seq() {
        return SHARD.seqAt(index);
    }

    long index() {
        return index;
    }

    List<UnitResult> apply(WriteUnit... units) {
        index++;
        return store.apply(1, index, Ops.command(micros, units)).getUnitsList();
    }

    List<OpResult> apply(RecordOp... ops) {
        return apply(Ops.unit(ops)).getFirst().getResultsList();
    }

    boolean lease(String reader, long fromSeq, long ttlMicros) {
        index++;
        LeaseCommand command = LeaseCommand.newBuilder()
                .setTimeMicros(micros)
                .setReader(reader)
                .setFromSeq(fromSeq)
                .setTtlMicros(ttlMicros)
                .build();
        return store.apply(1, index, command);
    }

    SegmentsResult step(SegmentsCommand.Builder step) {
        index++;
        return store.apply(1, index, step.setTimeMicros(micros).build());
    }

    void reopen() {
        store.close();
        store = ShardStore.open(directory, SHARD, shared, maxRequestBytes);
    }

    /** The field {@code v} of a record; "-" where there is no record. */
    String v(String key) {
        VersionedRecord record = store.get(List.of(Ops.at(key))).getRecords(0);
        return record.hasRecord() ? v(record) : "-";
    }

    long seqOf(String key) {
        return store.get(List.of(Ops.at(key))).getRecords(0).getSeq();
    }

    /** All of the store as of a seq (0: now), in pages: key → seq and field {@code v}. */
    Map<String, String> scan(long asOf, int pageRecords) {
        Map<String, String> all = new TreeMap<>();
        for (ScannedRecord record : scanRecords(asOf, pageRecords)) {
            VersionedRecord found = record.getRecord();
            String before = all.put(found.getKey().getStringKey(), found.getSeq() + " " + v(found));
            assertThat(before).isNull();
        }
        return all;
    }

    List<ScannedRecord> scanRecords(long asOf, int pageRecords) {
        List<ScannedRecord> all = new ArrayList<>();
        ByteString after = ByteString.EMPTY;
        long seq = asOf;
        do {
            ScanResponse page = store.scan(seq, after, pageRecords, 1 << 20);
            seq = page.getAsOfSeq();
            assertThat(page.getRecordsCount()).isLessThanOrEqualTo(pageRecords);
            all.addAll(page.getRecordsList());
            after = page.getNext();
        } while (!after.isEmpty());
        return all;
    }

    /** How many versions lie in the database, whatever reads make of them. Reopens the store. */
    long versionRows() {
        store.close();
        long rows = 0;
        try (Database database = Database.open(directory, StoreFormat.FAMILIES, shared);
                ReadView view = database.view()) {
            RocksIterator versions = view.iterator(database.family(StoreFormat.RECORDS));
            for (versions.seekToFirst(); ReadView.onRow(versions); versions.next()) {
                rows++;
            }
        }
        reopen();
        return rows;
    }

    /** Puts what the feed tells after {@code from} on top of {@code state}; returns up to where. */
    long follow(long from, int maxBytes, Map<String, String> state) {
        long at = from;
        while (true) {
            TailResponse answer = store.tail(at, maxBytes);
            for (FeedEntry entry : answer.getEntriesList()) {
                assertThat(entry.getSeq()).isGreaterThan(at).isLessThanOrEqualTo(answer.getConfirmedSeq());
                if (entry.hasRecord()) {
                    state.put(
                            entry.getKey().getStringKey(),
                            entry.getSeq() + " "
                                    + entry.getRecord()
                                            .getFields()
                                            .getValuesOrThrow("v")
                                            .getStringValue());
                } else {
                    state.remove(entry.getKey().getStringKey());
                }
            }
            at = answer.getConfirmedSeq();
            if (answer.getEntriesCount() == 0) {
                return at;
            }
        }
    }

    private static String v(VersionedRecord record) {
        return record.getRecord()
                .getFields()
                .getValuesOrDefault("v", Ops.text("?"))
                .getStringValue();
    }

    @Override
    public void close() {
        store.close();
        shared.close();
        assertThat(NativeScope.openHandles()).as("open native handles").isEqualTo(handlesBefore);
    }
}
