package io.vectordb.coordinator;

import com.google.protobuf.Duration;
import io.grpc.BindableService;
import io.vectordb.embedding.Embedder;
import io.vectordb.v1.AlterCollectionRequest;
import io.vectordb.v1.AlterCollectionResponse;
import io.vectordb.v1.BulkRequest;
import io.vectordb.v1.BulkResponse;
import io.vectordb.v1.Collection;
import io.vectordb.v1.CountRequest;
import io.vectordb.v1.CountResponse;
import io.vectordb.v1.CreateCollectionRequest;
import io.vectordb.v1.DeleteCollectionRequest;
import io.vectordb.v1.DeleteCollectionResponse;
import io.vectordb.v1.DeleteRequest;
import io.vectordb.v1.GetCollectionRequest;
import io.vectordb.v1.GetInfoRequest;
import io.vectordb.v1.GetInfoResponse;
import io.vectordb.v1.GetRequest;
import io.vectordb.v1.GetResponse;
import io.vectordb.v1.ListCollectionsRequest;
import io.vectordb.v1.ListCollectionsResponse;
import io.vectordb.v1.ReactorCollectionServiceGrpc;
import io.vectordb.v1.ReactorRecordServiceGrpc;
import io.vectordb.v1.ReactorSearchServiceGrpc;
import io.vectordb.v1.ReactorSystemServiceGrpc;
import io.vectordb.v1.ScrollRequest;
import io.vectordb.v1.ScrollResponse;
import io.vectordb.v1.SearchRequest;
import io.vectordb.v1.SearchResponse;
import io.vectordb.v1.UpsertRequest;
import io.vectordb.v1.WriteOp;
import io.vectordb.v1.WriteRequest;
import io.vectordb.v1.WriteResponse;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The services of the public API that are built, as the gateway calls them. What the gateway refuses for everybody
 * (unknown members, what is not built yet) is not looked for again.
 */
final class PublicGrpcServices {

    private PublicGrpcServices() {}

    static List<BindableService> of(
            CollectionAdmin collections,
            Records records,
            Getter getter,
            BulkWriter bulk,
            Searching searching,
            Background background,
            Catalog catalog,
            Embedder embedder,
            CoordinatorProperties properties) {
        return List.of(
                new CollectionEndpoint(collections, properties),
                new RecordEndpoint(records, getter, bulk, properties),
                new SearchEndpoint(searching, properties),
                Caller.told(new ClusterEndpoint(background, properties)),
                Caller.told(new AdminEndpoint(background, properties)),
                Caller.told(new OperationEndpoint(background.operations(), background.tasks(), properties)),
                new SystemEndpoint(catalog, embedder));
    }

    /** The three ways to find records without knowing their keys. */
    record Searching(Searcher searcher, Counter counter, Scroller scroller) {}

    /** What operators ask for, and what goes on after the call that started it. */
    record Background(
            Operations operations,
            BackupAdmin backups,
            ClusterAdmin cluster,
            ShardAdmin shards,
            SettingsAdmin settings,
            ClusterTasks tasks,
            UnsafeRecovery recovery,
            AuditLog audit) {}

    private static TimeBudget defaultTime(CoordinatorProperties properties) {
        return TimeBudget.start(false, Duration.getDefaultInstance(), properties);
    }

    private static final class CollectionEndpoint extends ReactorCollectionServiceGrpc.CollectionServiceImplBase {

        private final CollectionAdmin collections;
        private final CoordinatorProperties properties;

        CollectionEndpoint(CollectionAdmin collections, CoordinatorProperties properties) {
            this.collections = collections;
            this.properties = properties;
        }

        @Override
        public Mono<Collection> createCollection(CreateCollectionRequest request) {
            return collections.create(
                    request, TimeBudget.start(request.hasTimeout(), request.getTimeout(), properties));
        }

        @Override
        public Mono<Collection> getCollection(GetCollectionRequest request) {
            return collections.get(request.getCollection(), defaultTime(properties));
        }

        @Override
        public Mono<ListCollectionsResponse> listCollections(ListCollectionsRequest request) {
            return collections.list(request, defaultTime(properties));
        }

        @Override
        public Mono<AlterCollectionResponse> alterCollection(AlterCollectionRequest request) {
            return collections.alter(request, TimeBudget.start(request.hasTimeout(), request.getTimeout(), properties));
        }

        @Override
        public Mono<DeleteCollectionResponse> deleteCollection(DeleteCollectionRequest request) {
            return collections.delete(
                    request, TimeBudget.start(request.hasTimeout(), request.getTimeout(), properties));
        }
    }

    private static final class RecordEndpoint extends ReactorRecordServiceGrpc.RecordServiceImplBase {

        private final Records records;
        private final Getter getter;
        private final BulkWriter bulk;
        private final CoordinatorProperties properties;

        RecordEndpoint(Records records, Getter getter, BulkWriter bulk, CoordinatorProperties properties) {
            this.records = records;
            this.getter = getter;
            this.bulk = bulk;
            this.properties = properties;
        }

        @Override
        public Mono<WriteResponse> upsert(UpsertRequest request) {
            List<WriteOp> ops = request.getRecordsList().stream()
                    .map(record -> WriteOp.newBuilder().setUpsert(record).build())
                    .toList();
            return records.write(
                    new Records.Write(
                            request.getCollection(),
                            ops,
                            request.getMode(),
                            request.getTokensList(),
                            request.getRequestId()),
                    TimeBudget.start(request.hasTimeout(), request.getTimeout(), properties));
        }

        @Override
        public Mono<WriteResponse> delete(DeleteRequest request) {
            List<WriteOp> ops = request.getKeysList().stream()
                    .map(key -> WriteOp.newBuilder().setDelete(key).build())
                    .toList();
            return records.write(
                    new Records.Write(
                            request.getCollection(),
                            ops,
                            request.getMode(),
                            request.getTokensList(),
                            request.getRequestId()),
                    TimeBudget.start(request.hasTimeout(), request.getTimeout(), properties));
        }

        @Override
        public Mono<WriteResponse> write(WriteRequest request) {
            return records.write(
                    new Records.Write(
                            request.getCollection(),
                            request.getOpsList(),
                            request.getMode(),
                            request.getTokensList(),
                            request.getRequestId()),
                    TimeBudget.start(request.hasTimeout(), request.getTimeout(), properties));
        }

        @Override
        public Mono<GetResponse> get(GetRequest request) {
            return getter.get(request, TimeBudget.start(request.hasTimeout(), request.getTimeout(), properties));
        }

        @Override
        public Flux<BulkResponse> bulkWrite(Flux<BulkRequest> requests) {
            return bulk.write(requests);
        }
    }

    private static final class SearchEndpoint extends ReactorSearchServiceGrpc.SearchServiceImplBase {

        private final Searching searching;
        private final CoordinatorProperties properties;

        SearchEndpoint(Searching searching, CoordinatorProperties properties) {
            this.searching = searching;
            this.properties = properties;
        }

        @Override
        public Mono<SearchResponse> search(SearchRequest request) {
            return searching
                    .searcher()
                    .search(request, TimeBudget.start(request.hasTimeout(), request.getTimeout(), properties));
        }

        @Override
        public Mono<CountResponse> count(CountRequest request) {
            return searching
                    .counter()
                    .count(request, TimeBudget.start(request.hasTimeout(), request.getTimeout(), properties));
        }

        @Override
        public Mono<ScrollResponse> scroll(ScrollRequest request) {
            return searching
                    .scroller()
                    .scroll(request, TimeBudget.start(request.hasTimeout(), request.getTimeout(), properties));
        }
    }

    private static final class SystemEndpoint extends ReactorSystemServiceGrpc.SystemServiceImplBase {

        private final Catalog catalog;
        private final Embedder embedder;

        SystemEndpoint(Catalog catalog, Embedder embedder) {
            this.catalog = catalog;
            this.embedder = embedder;
        }

        @Override
        public Mono<GetInfoResponse> getInfo(GetInfoRequest request) {
            return Mono.just(ServerInfo.of(catalog, embedder));
        }
    }
}
