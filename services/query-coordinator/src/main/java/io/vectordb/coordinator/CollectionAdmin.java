package io.vectordb.coordinator;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.Limits;
import io.vectordb.common.VectorDbException;
import io.vectordb.embedding.Embedder;
import io.vectordb.internal.metadata.v1.CollectionState;
import io.vectordb.internal.metadata.v1.UpdateCollectionRequest;
import io.vectordb.internal.storage.v1.ReadPositionRequest;
import io.vectordb.internal.storage.v1.StorageServiceGrpc;
import io.vectordb.rpc.ShardClient;
import io.vectordb.schema.CollectionNames;
import io.vectordb.schema.ModelCatalog;
import io.vectordb.schema.Schemas;
import io.vectordb.schema.Settings;
import io.vectordb.v1.AlterCollectionRequest;
import io.vectordb.v1.AlterCollectionResponse;
import io.vectordb.v1.Collection;
import io.vectordb.v1.CreateCollectionRequest;
import io.vectordb.v1.DeleteCollectionRequest;
import io.vectordb.v1.DeleteCollectionResponse;
import io.vectordb.v1.ListCollectionsRequest;
import io.vectordb.v1.ListCollectionsResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.OptionalInt;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Makes, shows and drops collections. */
final class CollectionAdmin {

    private final Catalog catalog;
    private final ShardClient storage;
    private final ModelCatalog models;

    CollectionAdmin(Catalog catalog, ShardClient storage, Embedder embedder) {
        this.catalog = catalog;
        this.storage = storage;
        this.models = new ModelCatalog() {
            @Override
            public OptionalInt dimension(String model) {
                return embedder.model(model).stream()
                        .mapToInt(Embedder.ModelInfo::dimension)
                        .findFirst();
            }

            @Override
            public List<String> models() {
                return embedder.models().stream().map(Embedder.ModelInfo::name).toList();
            }
        };
    }

    /** Answers when every shard of the new collection has a leader. */
    Mono<Collection> create(CreateCollectionRequest request, TimeBudget time) {
        Collection complete = Collection.newBuilder()
                .setName(CollectionNames.check(request.getName()))
                .setSchema(Schemas.complete(request.getSchema(), models))
                .setSettings(Settings.complete(request.getSettings()))
                .build();
        if (request.getDryRun()) {
            return dryRun(complete, request.getIfNotExists(), time);
        }
        return catalog.create(
                        io.vectordb.internal.metadata.v1.CreateCollectionRequest.newBuilder()
                                .setCollection(complete)
                                .setRequestId(RequestIds.orNew(request.getRequestId()))
                                .setIfNotExists(request.getIfNotExists())
                                .build(),
                        time)
                .flatMap(response -> awaitLeaders(response.getCollection(), time)
                        .thenReturn(response.getCollection().getCollection()));
    }

    private Mono<Collection> dryRun(Collection complete, boolean ifNotExists, TimeBudget time) {
        return catalog.refresh(time)
                .flatMap(state -> catalog.all().stream()
                        .filter(each -> each.name().equals(complete.getName()))
                        .findFirst()
                        .map(existing -> ifNotExists
                                ? Mono.just(existing.collection())
                                : Mono.<Collection>error(new VectorDbException(
                                        ErrorCode.COLLECTION_EXISTS, "there is a collection " + complete.getName())))
                        .orElseGet(() -> Mono.just(complete)));
    }

    Mono<Void> awaitLeaders(CollectionState collection, TimeBudget time) {
        return Flux.fromIterable(collection.getShardsList())
                .flatMap(shard -> storage.call(
                        shard,
                        StorageServiceGrpc.getReadPositionMethod(),
                        ReadPositionRequest.newBuilder()
                                .setShard(shard.getUid())
                                .build(),
                        time.left()))
                .then();
    }

    Mono<Collection> get(String name, TimeBudget time) {
        return catalog.describe(name, time).map(CollectionHandle::collection);
    }

    /** In the order of their names; the cursor is the last name given. */
    Mono<ListCollectionsResponse> list(ListCollectionsRequest request, TimeBudget time) {
        int limit = request.getLimit() == 0 ? Limits.PAGE_DEFAULT : request.getLimit();
        if (limit < 0 || limit > Limits.PAGE) {
            throw new VectorDbException(
                    ErrorCode.LIMIT_EXCEEDED, "limit: expected 1 to " + Limits.PAGE + ", received " + limit);
        }
        String after = decode(request.getCursor());
        return catalog.refresh(time).map(state -> {
            List<CollectionHandle> rest = catalog.all().stream()
                    .filter(each -> each.name().compareTo(after) > 0)
                    .toList();
            ListCollectionsResponse.Builder response = ListCollectionsResponse.newBuilder();
            rest.stream().limit(limit).map(CollectionHandle::collection).forEach(response::addCollections);
            if (rest.size() > limit) {
                response.setNextCursor(encode(rest.get(limit - 1).name()));
            }
            return response.build();
        });
    }

    private static String encode(String name) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(name.getBytes(StandardCharsets.UTF_8));
    }

    private static String decode(String cursor) {
        try {
            return new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new VectorDbException(ErrorCode.INVALID_CURSOR, "the cursor is not one of this list");
        }
    }

    /** Settings that are given are taken over, all others stay; what they change in the cluster follows by itself. */
    Mono<AlterCollectionResponse> alter(AlterCollectionRequest request, TimeBudget time) {
        return catalog.describe(request.getCollection(), time).flatMap(known -> {
            if (request.hasIfSchemaVersion()
                    && request.getIfSchemaVersion() != known.collection().getSchemaVersion()) {
                throw new VectorDbException(
                        ErrorCode.SCHEMA_VERSION_MISMATCH,
                        "expected schema version " + request.getIfSchemaVersion() + ", it is "
                                + known.collection().getSchemaVersion());
            }
            UpdateCollectionRequest update = SettingsChange.of(request.getChangesList()).toBuilder()
                    .setUid(known.collection().getUid())
                    .setDryRun(request.getDryRun())
                    .setRequestId(RequestIds.orNew(request.getRequestId()))
                    .build();
            return catalog.updateCollection(update, time)
                    .map(response -> AlterCollectionResponse.newBuilder()
                            .setCollection(response.getCollection().getCollection())
                            .addAllReport(SettingsChange.report(
                                    request.getChangesList(),
                                    known.collection().getSettings(),
                                    response.getCollection().getCollection().getSettings()))
                            .build());
        });
    }

    Mono<DeleteCollectionResponse> delete(DeleteCollectionRequest request, TimeBudget time) {
        return catalog.delete(
                        io.vectordb.internal.metadata.v1.DeleteCollectionRequest.newBuilder()
                                .setName(request.getCollection())
                                .setUid(request.getUid())
                                .setIfExists(request.getIfExists())
                                .setRequestId(RequestIds.orNew(request.getRequestId()))
                                .build(),
                        time)
                .map(response -> DeleteCollectionResponse.newBuilder()
                        .setDeleted(response.getDeleted())
                        .build());
    }
}
