package io.vectordb.indexnode;

import com.google.protobuf.Message;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import io.vectordb.indexnode.ShardViews.Served;
import io.vectordb.internal.index.v1.Freshness;
import io.vectordb.internal.index.v1.GetViewsRequest;
import io.vectordb.internal.index.v1.GetViewsResponse;
import io.vectordb.internal.index.v1.IndexServiceGrpc;
import io.vectordb.internal.index.v1.NearestQuery;
import io.vectordb.internal.index.v1.ShardCountRequest;
import io.vectordb.internal.index.v1.ShardCountResponse;
import io.vectordb.internal.index.v1.ShardHit;
import io.vectordb.internal.index.v1.ShardSearchRequest;
import io.vectordb.internal.index.v1.ShardSearchResponse;
import io.vectordb.schema.CollectionSchema;
import io.vectordb.schema.SchemaField;
import io.vectordb.schema.Selection;
import io.vectordb.segment.RowFilter;
import io.vectordb.segment.SegmentHit;
import io.vectordb.segment.SegmentView;
import io.vectordb.segment.VectorBytes;
import io.vectordb.segment.VectorQuery;
import io.vectordb.v1.Condition;
import io.vectordb.v1.Select;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The node's gRPC face: waits for a view that is fresh enough, then searches it on the search pool.
 *
 * <p>A call whose client went away or whose deadline passed stops working soon after.
 */
final class IndexGrpcService extends IndexServiceGrpc.IndexServiceImplBase {

    private final ShardViews views;
    private final SearchPool pool;
    private final int defaultEfSearch;

    IndexGrpcService(ShardViews views, SearchPool pool, int defaultEfSearch) {
        this.views = views;
        this.pool = pool;
        this.defaultEfSearch = defaultEfSearch;
    }

    @Override
    public void search(ShardSearchRequest request, StreamObserver<ShardSearchResponse> observer) {
        Served shard = views.get(request.getShard());
        BooleanSupplier cancelled = Context.current()::isCancelled;
        answer(shard, request.getFreshness(), observer, view -> search(shard.schema(), view, request, cancelled));
    }

    @Override
    public void count(ShardCountRequest request, StreamObserver<ShardCountResponse> observer) {
        Served shard = views.get(request.getShard());
        BooleanSupplier cancelled = Context.current()::isCancelled;
        answer(
                shard,
                request.getFreshness(),
                observer,
                view -> ShardCountResponse.newBuilder()
                        .setCount(view.count(filter(request.hasFilter(), request.getFilter()), cancelled))
                        .setSeq(view.watermark())
                        .build());
    }

    @Override
    public void getViews(GetViewsRequest request, StreamObserver<GetViewsResponse> observer) {
        observer.onNext(IndexStatus.of(views));
        observer.onCompleted();
    }

    private <A extends Message> void answer(
            Served shard, Freshness freshness, StreamObserver<A> observer, Function<SegmentView, A> work) {
        Context context = Context.current();
        ViewWait.await(shard.follower(), freshness).whenComplete((view, error) -> {
            if (error != null) {
                observer.onError(error);
                return;
            }
            try {
                pool.execute(context.wrap(() -> respond(observer, () -> work.apply(view))));
            } catch (RuntimeException e) {
                observer.onError(e);
            }
        });
    }

    private static <A> void respond(StreamObserver<A> observer, Supplier<A> work) {
        A response;
        try {
            response = work.get();
        } catch (RuntimeException | Error e) {
            observer.onError(e);
            return;
        }
        observer.onNext(response);
        observer.onCompleted();
    }

    private ShardSearchResponse search(
            CollectionSchema schema, SegmentView view, ShardSearchRequest request, BooleanSupplier cancelled) {
        Optional<RowFilter> filter = filter(request.hasFilter(), request.getFilter());
        List<SegmentHit> hits = request.hasNearest()
                ? view.search(query(request.getNearest(), request.getK()), filter, cancelled)
                : view.first(request.getK(), filter, cancelled);
        Select select = request.getSelect();
        Selection selection = Selection.of(schema, select);
        List<String> vectors = schema.vectorFields().stream()
                .map(SchemaField::name)
                .filter(select.getIncludeList()::contains)
                .toList();
        ShardSearchResponse.Builder response = ShardSearchResponse.newBuilder().setSeq(view.watermark());
        for (SegmentHit hit : hits) {
            ShardHit.Builder shardHit = response.addHitsBuilder()
                    .setKey(hit.key())
                    .setSeq(hit.seq())
                    .setDistance(hit.distance());
            if (!select.getKeysOnly()) {
                shardHit.setFields(selection.apply(view.fields(hit, vectors)));
            }
        }
        return response.build();
    }

    private VectorQuery query(NearestQuery nearest, int k) {
        int efSearch = nearest.getEfSearch() > 0 ? nearest.getEfSearch() : defaultEfSearch;
        return new VectorQuery(
                nearest.getField(), VectorBytes.decode(nearest.getVector()), k, efSearch, nearest.getExact());
    }

    private static Optional<RowFilter> filter(boolean present, Condition condition) {
        return present ? Optional.of(RowFilter.of(condition)) : Optional.empty();
    }
}
