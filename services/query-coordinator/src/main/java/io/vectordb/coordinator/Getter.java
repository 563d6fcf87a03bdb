package io.vectordb.coordinator;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.Limits;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.internal.storage.v1.KeyInBucket;
import io.vectordb.internal.storage.v1.StorageServiceGrpc;
import io.vectordb.internal.storage.v1.VersionedRecord;
import io.vectordb.rpc.GrpcErrors;
import io.vectordb.rpc.ShardClient;
import io.vectordb.schema.RecordKeys;
import io.vectordb.schema.Selection;
import io.vectordb.v1.GetRequest;
import io.vectordb.v1.GetResponse;
import io.vectordb.v1.GetResult;
import io.vectordb.v1.Record;
import io.vectordb.v1.RecordKey;
import io.vectordb.v1.Select;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Reads records by key from the storage nodes. */
final class Getter {

    private final Catalog catalog;
    private final ShardClient storage;
    private final CoordinatorProperties properties;

    Getter(Catalog catalog, ShardClient storage, CoordinatorProperties properties) {
        this.catalog = catalog;
        this.storage = storage;
        this.properties = properties;
    }

    private record Asked(int index, RecordKey key, int bucket) {}

    private record ShardAnswer(
            ShardState shard,
            List<Asked> asked,
            io.vectordb.internal.storage.v1.@Nullable GetResponse response,
            @Nullable VectorDbException error) {}

    Mono<GetResponse> get(GetRequest request, TimeBudget time) {
        if (request.getKeysCount() == 0) {
            throw new VectorDbException(ErrorCode.MISSING_MEMBER, "get needs at least one key");
        }
        if (request.getKeysCount() > Limits.BATCH_ITEMS) {
            throw new VectorDbException(
                    ErrorCode.LIMIT_EXCEEDED,
                    "at most " + Limits.BATCH_ITEMS + " keys a request, received " + request.getKeysCount());
        }
        return catalog.collection(request.getCollection(), time).flatMap(collection -> {
            ReadLevel level = ReadLevel.of(request.getConsistency(), collection, properties);
            Selection selection = Selection.of(collection.schema(), request.getSelect());
            return Flux.fromIterable(byShard(collection, request.getKeysList()).entrySet())
                    .flatMap(entry -> ask(collection, entry.getKey(), entry.getValue(), level, time))
                    .collectList()
                    .map(answers -> respond(collection, request, level, selection, answers));
        });
    }

    private static Map<ShardState, List<Asked>> byShard(CollectionHandle collection, List<RecordKey> keys) {
        Map<ShardState, List<Asked>> byShard = new LinkedHashMap<>();
        for (int i = 0; i < keys.size(); i++) {
            RecordKey key = RecordKeys.coerce(collection.schema(), keys.get(i));
            int bucket = collection.bucket(key);
            byShard.computeIfAbsent(collection.shardOf(bucket), shard -> new ArrayList<>())
                    .add(new Asked(i, key, bucket));
        }
        return byShard;
    }

    private Mono<ShardAnswer> ask(
            CollectionHandle collection, ShardState shard, List<Asked> asked, ReadLevel level, TimeBudget time) {
        io.vectordb.internal.storage.v1.GetRequest.Builder request =
                io.vectordb.internal.storage.v1.GetRequest.newBuilder()
                        .setShard(shard.getUid())
                        .setLevel(StorageLevels.of(level))
                        .setMinSeq(level.token().seq(collection, shard));
        asked.forEach(each ->
                request.addKeys(KeyInBucket.newBuilder().setKey(each.key()).setBucket(each.bucket())));
        return storage.call(shard, StorageServiceGrpc.getGetMethod(), request.build(), time.left())
                .map(response -> new ShardAnswer(shard, asked, response, null))
                .onErrorResume(e -> Mono.just(new ShardAnswer(shard, asked, null, GrpcErrors.fromThrowable(e))));
    }

    private static GetResponse respond(
            CollectionHandle collection,
            GetRequest request,
            ReadLevel level,
            Selection selection,
            List<ShardAnswer> answers) {
        GetResult[] results = new GetResult[request.getKeysCount()];
        SessionToken token = level.token();
        Coverages coverage = new Coverages(answers.size());
        for (ShardAnswer answer : answers) {
            if (answer.error() != null) {
                coverage.failed(answer.shard(), answer.error(), request.getAllowPartial());
                for (Asked asked : answer.asked()) {
                    results[asked.index()] = GetResult.newBuilder()
                            .setKey(asked.key())
                            .setError(GrpcErrors.toItemError(answer.error()))
                            .build();
                }
            } else if (answer.response() != null) {
                token = token.with(collection, answer.shard(), answer.response().getSeq());
                for (int i = 0; i < answer.asked().size(); i++) {
                    Asked asked = answer.asked().get(i);
                    results[asked.index()] =
                            result(asked.key(), answer.response().getRecords(i), request.getSelect(), selection);
                }
            }
        }
        return GetResponse.newBuilder()
                .addAllResults(List.of(results))
                .setToken(token.text())
                .setCoverage(coverage.build())
                .build();
    }

    private static GetResult result(RecordKey key, VersionedRecord found, Select select, Selection selection) {
        GetResult.Builder result = GetResult.newBuilder().setKey(key);
        if (found.hasRecord()) {
            result.setRecord(record(found, select, selection));
        }
        return result.build();
    }

    /** A stored record as the API gives it. */
    static Record record(VersionedRecord found, Select select, Selection selection) {
        Record.Builder record = Record.newBuilder()
                .setKey(found.getKey())
                .setSeq(found.getSeq())
                .setSchemaVersion(found.getRecord().getSchemaVersion())
                .setUpdateTime(Durations.ofEpochMicros(found.getRecord().getUpdateTimeMicros()));
        if (!select.getKeysOnly()) {
            record.setFields(selection.apply(found.getRecord().getFields()));
        }
        return record.build();
    }
}
