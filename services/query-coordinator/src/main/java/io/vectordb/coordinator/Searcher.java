package io.vectordb.coordinator;

import com.google.protobuf.ByteString;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.Limits;
import io.vectordb.common.VectorDbException;
import io.vectordb.common.Violation;
import io.vectordb.embedding.Embedder;
import io.vectordb.embedding.Embedder.Priority;
import io.vectordb.internal.index.v1.IndexServiceGrpc;
import io.vectordb.internal.index.v1.NearestQuery;
import io.vectordb.internal.index.v1.ShardHit;
import io.vectordb.internal.index.v1.ShardSearchRequest;
import io.vectordb.internal.index.v1.ShardSearchResponse;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.query.FilterResolver;
import io.vectordb.query.Parameters;
import io.vectordb.query.ResolvedFilter;
import io.vectordb.rpc.GrpcErrors;
import io.vectordb.schema.CollectionSchema;
import io.vectordb.schema.EmbedRule;
import io.vectordb.schema.FieldType.VectorType;
import io.vectordb.schema.QueryVectors;
import io.vectordb.schema.RecordKeys;
import io.vectordb.schema.SchemaField;
import io.vectordb.schema.Selection;
import io.vectordb.schema.VectorValues;
import io.vectordb.v1.Condition;
import io.vectordb.v1.Hit;
import io.vectordb.v1.Nearest;
import io.vectordb.v1.SearchRequest;
import io.vectordb.v1.SearchResponse;
import io.vectordb.v1.VectorOptions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Searches every shard of a collection at one of its index nodes and merges the answers: nearest first, ties by key. */
final class Searcher {

    private static final int K_DEFAULT = 10;
    private static final Comparator<ShardHit> NEAREST_FIRST =
            Comparator.comparingDouble(ShardHit::getDistance).thenComparing(ShardHit::getKey, RecordKeys.ORDER);

    private final Catalog catalog;
    private final Positions positions;
    private final IndexClient index;
    private final Embedder embedder;
    private final CoordinatorProperties properties;

    Searcher(
            Catalog catalog,
            Positions positions,
            IndexClient index,
            Embedder embedder,
            CoordinatorProperties properties) {
        this.catalog = catalog;
        this.positions = positions;
        this.index = index;
        this.embedder = embedder;
        this.properties = properties;
    }

    /** A search after everything about it was checked: what each shard is asked, but for the position of its view. */
    private record Plan(
            CollectionHandle collection,
            ReadLevel level,
            ShardSearchRequest template,
            Optional<SchemaField> vectorField,
            List<String> warnings) {}

    private record ShardAnswer(
            ShardState shard,
            @Nullable ShardSearchResponse response,
            @Nullable VectorDbException error) {}

    Mono<SearchResponse> search(SearchRequest request, TimeBudget time) {
        long begun = System.nanoTime();
        int k = request.hasK() ? request.getK() : K_DEFAULT;
        if (k < 0 || k > Limits.K) {
            throw new VectorDbException(ErrorCode.LIMIT_EXCEEDED, "k: expected 0 to " + Limits.K + ", received " + k);
        }
        return catalog.collection(request.getCollection(), time)
                .flatMap(collection -> plan(collection, request, k))
                .flatMap(plan -> Flux.fromIterable(plan.collection().shards())
                        .flatMap(shard -> ask(plan, shard, time))
                        .collectList()
                        .map(answers -> merge(plan, k, request.getAllowPartial(), answers)))
                .map(response -> response.setTook(Durations.since(begun)).build());
    }

    private Mono<Plan> plan(CollectionHandle collection, SearchRequest request, int k) {
        CollectionSchema schema = collection.schema();
        ReadLevel level = ReadLevel.of(request.getConsistency(), collection, properties);
        Selection.of(schema, request.getSelect());
        ResolvedFilter filter = FilterResolver.resolve(
                collection.name(),
                schema,
                request.getFilter(),
                treeOf(request.hasFilterTree(), request.getFilterTree()),
                new Parameters(request.getParamsList(), request.getNamedParamsMap()));
        ShardSearchRequest.Builder template = ShardSearchRequest.newBuilder()
                .setSchemaVersion(schema.version())
                .setK(k)
                .setSelect(request.getSelect());
        filter.condition().ifPresent(template::setFilter);
        if (!request.hasQuery()) {
            return Mono.just(new Plan(collection, level, template.build(), Optional.empty(), filter.warnings()));
        }
        if (!request.getQuery().hasNearest()) {
            throw missing("query", "expected nearest");
        }
        Nearest nearest = request.getQuery().getNearest();
        SchemaField field = field(schema, nearest);
        return vector(schema, field, nearest).map(vector -> {
            template.setNearest(NearestQuery.newBuilder()
                    .setField(field.name())
                    .setVector(vector)
                    .setEfSearch(efSearch(nearest))
                    .setExact(nearest.getExact()));
            return new Plan(collection, level, template.build(), Optional.of(field), filter.warnings());
        });
    }

    static @Nullable Condition treeOf(boolean present, Condition tree) {
        return present ? tree : null;
    }

    private static int efSearch(Nearest nearest) {
        if (nearest.hasEfSearch() && (nearest.getEfSearch() < 1 || nearest.getEfSearch() > Limits.EF_SEARCH)) {
            throw new VectorDbException(
                    ErrorCode.LIMIT_EXCEEDED,
                    "ef_search: expected 1 to " + Limits.EF_SEARCH + ", received " + nearest.getEfSearch());
        }
        return nearest.getEfSearch();
    }

    private static SchemaField field(CollectionSchema schema, Nearest nearest) {
        List<SchemaField> vectors = schema.vectorFields();
        List<String> names = vectors.stream().map(SchemaField::name).toList();
        if (!nearest.getField().isEmpty()) {
            return vectors.stream()
                    .filter(field -> field.name().equals(nearest.getField()))
                    .findFirst()
                    .orElseThrow(() -> VectorDbException.of(new Violation(
                            "query.nearest.field",
                            ErrorCode.UNKNOWN_FIELD,
                            "there is no vector field " + nearest.getField(),
                            "vector fields: " + String.join(", ", names))));
        }
        return switch (vectors.size()) {
            case 0 -> throw missing("query.nearest.field", "the collection has no vector field to search");
            case 1 -> vectors.getFirst();
            default ->
                throw missing("query.nearest.field", "there are several vector fields: " + String.join(", ", names));
        };
    }

    private static VectorDbException missing(String path, String message) {
        return VectorDbException.of(new Violation(path, ErrorCode.MISSING_MEMBER, message));
    }

    private Mono<ByteString> vector(CollectionSchema schema, SchemaField field, Nearest nearest) {
        return switch (nearest.getInputCase()) {
            case VECTOR -> Mono.just(QueryVectors.coerce(field, (VectorType) field.type(), nearest.getVector()));
            case TEXT -> {
                String model = schema.embeds().stream()
                        .filter(rule -> rule.vectorField().equals(field.name()))
                        .map(EmbedRule::model)
                        .findFirst()
                        .orElseThrow(() -> missing(
                                "query.nearest.vector",
                                "no model fills " + field.name() + ", so it is searched by a vector"));
                yield Mono.fromFuture(() -> embedder.embed(model, nearest.getText(), Priority.QUERY))
                        .map(vector -> VectorValues.of(vector).getFloat32Le())
                        .onErrorMap(GrpcErrors::fromThrowable);
            }
            case KEY ->
                throw new VectorDbException(ErrorCode.FEATURE_NOT_AVAILABLE, "query.nearest.key is not available yet");
            case INPUT_NOT_SET -> throw missing("query.nearest", "expected vector or text");
        };
    }

    private Mono<ShardAnswer> ask(Plan plan, ShardState shard, TimeBudget time) {
        return positions
                .of(plan.collection(), shard, plan.level(), time)
                .flatMap(freshness -> index.call(
                        shard,
                        new IndexClient.Question<>(
                                IndexServiceGrpc.getSearchMethod(),
                                freshness,
                                asked -> plan.template().toBuilder()
                                        .setShard(shard.getUid())
                                        .setFreshness(asked)
                                        .build()),
                        time))
                .map(response -> new ShardAnswer(shard, response, null))
                .onErrorResume(e -> Mono.just(new ShardAnswer(shard, null, GrpcErrors.fromThrowable(e))));
    }

    private static SearchResponse.Builder merge(Plan plan, int k, boolean allowPartial, List<ShardAnswer> answers) {
        Coverages coverage = new Coverages(answers.size());
        SessionToken token = plan.level().token();
        List<ShardHit> hits = new ArrayList<>();
        for (ShardAnswer answer : answers) {
            if (answer.error() != null) {
                coverage.failed(answer.shard(), answer.error(), allowPartial);
            } else if (answer.response() != null) {
                token = token.with(
                        plan.collection(), answer.shard(), answer.response().getSeq());
                hits.addAll(answer.response().getHitsList());
            }
        }
        hits.sort(NEAREST_FIRST);
        SearchResponse.Builder response = SearchResponse.newBuilder()
                .addAllWarnings(plan.warnings())
                .setToken(token.text())
                .setCoverage(coverage.build());
        hits.stream().limit(k).map(hit -> hit(plan, hit)).forEach(response::addHits);
        return response;
    }

    private static Hit hit(Plan plan, ShardHit found) {
        Hit.Builder hit =
                Hit.newBuilder().setKey(found.getKey()).setSeq(found.getSeq()).setFields(found.getFields());
        plan.vectorField()
                .ifPresent(field -> hit.setDistance(found.getDistance())
                        .setScore(Scores.score(
                                field.vector()
                                        .orElseGet(VectorOptions::getDefaultInstance)
                                        .getMetric(),
                                found.getDistance())));
        return hit.build();
    }
}
