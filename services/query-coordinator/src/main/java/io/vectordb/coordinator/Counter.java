package io.vectordb.coordinator;

import io.vectordb.common.VectorDbException;
import io.vectordb.internal.index.v1.IndexServiceGrpc;
import io.vectordb.internal.index.v1.ShardCountRequest;
import io.vectordb.internal.index.v1.ShardCountResponse;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.query.FilterResolver;
import io.vectordb.query.Parameters;
import io.vectordb.query.ResolvedFilter;
import io.vectordb.rpc.GrpcErrors;
import io.vectordb.v1.CountRequest;
import io.vectordb.v1.CountResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Counts the records that pass a filter, exactly, over all shards. */
final class Counter {

    private final Catalog catalog;
    private final Positions positions;
    private final IndexClient index;
    private final CoordinatorProperties properties;

    Counter(Catalog catalog, Positions positions, IndexClient index, CoordinatorProperties properties) {
        this.catalog = catalog;
        this.positions = positions;
        this.index = index;
        this.properties = properties;
    }

    private record ShardAnswer(
            ShardState shard,
            @Nullable ShardCountResponse response,
            @Nullable VectorDbException error) {}

    Mono<CountResponse> count(CountRequest request, TimeBudget time) {
        return catalog.collection(request.getCollection(), time).flatMap(collection -> {
            ReadLevel level = ReadLevel.of(request.getConsistency(), collection, properties);
            ResolvedFilter filter = FilterResolver.resolve(
                    collection.name(),
                    collection.schema(),
                    request.getFilter(),
                    Searcher.treeOf(request.hasFilterTree(), request.getFilterTree()),
                    new Parameters(request.getParamsList(), request.getNamedParamsMap()));
            ShardCountRequest.Builder template = ShardCountRequest.newBuilder()
                    .setSchemaVersion(collection.schema().version());
            filter.condition().ifPresent(template::setFilter);
            return Flux.fromIterable(collection.shards())
                    .flatMap(shard -> ask(collection, shard, template.build(), level, time))
                    .collectList()
                    .map(answers -> sum(collection, level, request.getAllowPartial(), answers));
        });
    }

    private Mono<ShardAnswer> ask(
            CollectionHandle collection,
            ShardState shard,
            ShardCountRequest template,
            ReadLevel level,
            TimeBudget time) {
        return positions
                .of(collection, shard, level, time)
                .flatMap(freshness -> index.call(
                        shard,
                        new IndexClient.Question<>(
                                IndexServiceGrpc.getCountMethod(),
                                freshness,
                                asked -> template.toBuilder()
                                        .setShard(shard.getUid())
                                        .setFreshness(asked)
                                        .build()),
                        time))
                .map(response -> new ShardAnswer(shard, response, null))
                .onErrorResume(e -> Mono.just(new ShardAnswer(shard, null, GrpcErrors.fromThrowable(e))));
    }

    private static CountResponse sum(
            CollectionHandle collection, ReadLevel level, boolean allowPartial, List<ShardAnswer> answers) {
        Coverages coverage = new Coverages(answers.size());
        SessionToken token = level.token();
        long count = 0;
        for (ShardAnswer answer : answers) {
            if (answer.error() != null) {
                coverage.failed(answer.shard(), answer.error(), allowPartial);
            } else if (answer.response() != null) {
                token = token.with(collection, answer.shard(), answer.response().getSeq());
                count += answer.response().getCount();
            }
        }
        return CountResponse.newBuilder()
                .setCount(count)
                .setToken(token.text())
                .setCoverage(coverage.build())
                .build();
    }
}
