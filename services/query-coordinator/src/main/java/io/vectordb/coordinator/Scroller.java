package io.vectordb.coordinator;

import com.google.protobuf.ByteString;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.Limits;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.internal.storage.v1.ScanRequest;
import io.vectordb.internal.storage.v1.ScanResponse;
import io.vectordb.internal.storage.v1.ScannedRecord;
import io.vectordb.internal.storage.v1.StorageServiceGrpc;
import io.vectordb.query.FilterResolver;
import io.vectordb.query.Parameters;
import io.vectordb.query.ResolvedFilter;
import io.vectordb.query.RowPredicate;
import io.vectordb.rpc.ShardClient;
import io.vectordb.schema.Selection;
import io.vectordb.v1.Record;
import io.vectordb.v1.ScrollRequest;
import io.vectordb.v1.ScrollResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Mono;

/**
 * Reads all records that pass a filter, page by page, in the order of bucket and key, from the storage nodes.
 *
 * <p>Every record that exists throughout is given exactly once. A page ends when it is full, when it is large, or when
 * the time runs out while a rare filter still looks for its next record: it may hold less than asked for, and there is
 * more as long as it has a cursor.
 */
final class Scroller {

    private static final int SCAN_BYTES = 4 << 20;
    private static final int SCAN_RECORDS = 1_000;
    private static final int PAGE_BYTES = 32 << 20;

    private final Catalog catalog;
    private final ShardClient storage;
    private final CoordinatorProperties properties;

    Scroller(Catalog catalog, ShardClient storage, CoordinatorProperties properties) {
        this.catalog = catalog;
        this.storage = storage;
        this.properties = properties;
    }

    /** One page in the making; filled by one scan after another. */
    private static final class Page {
        private final CollectionHandle collection;
        private final ScrollRequest request;
        private final ReadLevel level;
        private final Selection selection;
        private final Optional<RowPredicate> filter;
        private final int limit;
        private final long restNanos;
        private final List<Record> records = new ArrayList<>();
        private long bytes;
        private ScrollCursor cursor;
        private SessionToken token;
        private boolean atEnd;

        Page(
                CollectionHandle collection,
                ScrollRequest request,
                ReadLevel level,
                Optional<RowPredicate> filter,
                Duration time) {
            this.collection = collection;
            this.request = request;
            this.level = level;
            this.selection = Selection.of(collection.schema(), request.getSelect());
            this.filter = filter;
            this.limit = request.getLimit() == 0 ? Limits.PAGE_DEFAULT : request.getLimit();
            this.cursor = ScrollCursor.of(request, collection);
            this.token = level.token();
            this.restNanos = System.nanoTime() + time.toNanos() / 2;
        }

        ShardState shard() {
            return collection.shards().get(cursor.shard());
        }

        boolean isDone() {
            return atEnd || records.size() == limit || bytes > PAGE_BYTES || System.nanoTime() - restNanos > 0;
        }

        void take(ScanResponse scan) {
            token = token.with(collection, shard(), scan.getAsOfSeq());
            for (ScannedRecord scanned : scan.getRecordsList()) {
                if (records.size() == limit || bytes > PAGE_BYTES) {
                    return;
                }
                cursor = new ScrollCursor(cursor.shard(), scanned.getPosition());
                if (filter.isEmpty()
                        || filter.get().test(scanned.getRecord().getRecord().getFields())) {
                    Record record = Getter.record(scanned.getRecord(), request.getSelect(), selection);
                    records.add(record);
                    bytes += record.getSerializedSize();
                }
            }
            if (!scan.getNext().isEmpty()) {
                cursor = new ScrollCursor(cursor.shard(), scan.getNext());
            } else if (cursor.shard() + 1 < collection.shards().size()) {
                cursor = new ScrollCursor(cursor.shard() + 1, ByteString.EMPTY);
            } else {
                atEnd = true;
            }
        }

        ScrollResponse response() {
            return ScrollResponse.newBuilder()
                    .addAllRecords(records)
                    .setNextCursor(atEnd ? "" : cursor.text(request, collection))
                    .setToken(token.text())
                    .setCoverage(new Coverages(collection.shards().size()).build())
                    .build();
        }
    }

    Mono<ScrollResponse> scroll(ScrollRequest request, TimeBudget time) {
        if (request.getLimit() < 0 || request.getLimit() > Limits.PAGE) {
            throw new VectorDbException(
                    ErrorCode.LIMIT_EXCEEDED,
                    "limit: expected 1 to " + Limits.PAGE + ", received " + request.getLimit());
        }
        return catalog.collection(request.getCollection(), time).flatMap(collection -> {
            ReadLevel level = ReadLevel.of(request.getConsistency(), collection, properties);
            ResolvedFilter filter = FilterResolver.resolve(
                    collection.name(),
                    collection.schema(),
                    request.getFilter(),
                    Searcher.treeOf(request.hasFilterTree(), request.getFilterTree()),
                    new Parameters(request.getParamsList(), request.getNamedParamsMap()));
            Page page =
                    new Page(collection, request, level, filter.condition().map(RowPredicate::compile), time.left());
            return fill(page, time);
        });
    }

    /** Scan after scan, one subscribed to when the one before is done: there may be thousands. */
    private Mono<ScrollResponse> fill(Page page, TimeBudget time) {
        return Mono.defer(() -> scan(page, time))
                .doOnNext(page::take)
                .repeat(() -> !page.isDone())
                .then(Mono.fromSupplier(page::response));
    }

    private Mono<ScanResponse> scan(Page page, TimeBudget time) {
        int wanted = page.filter.isPresent() ? SCAN_RECORDS : Math.min(SCAN_RECORDS, page.limit - page.records.size());
        ScanRequest request = ScanRequest.newBuilder()
                .setShard(page.shard().getUid())
                .setAfter(page.cursor.position())
                .setMaxRecords(wanted)
                .setMaxBytes(SCAN_BYTES)
                .setLevel(StorageLevels.of(page.level))
                .setMinSeq(page.level.token().seq(page.collection, page.shard()))
                .build();
        return storage.call(page.shard(), StorageServiceGrpc.getScanMethod(), request, time.left());
    }
}
