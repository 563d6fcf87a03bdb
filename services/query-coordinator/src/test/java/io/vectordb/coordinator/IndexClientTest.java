package io.vectordb.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.index.v1.Freshness;
import io.vectordb.internal.index.v1.IndexServiceGrpc;
import io.vectordb.internal.index.v1.ShardCountRequest;
import io.vectordb.internal.index.v1.ShardCountResponse;
import io.vectordb.internal.metadata.v1.ClusterState;
import io.vectordb.internal.metadata.v1.ClusterUpdate;
import io.vectordb.internal.metadata.v1.CollectionState;
import io.vectordb.internal.metadata.v1.MetadataServiceGrpc;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.internal.metadata.v1.WatchRequest;
import io.vectordb.rpc.ChannelFactory;
import io.vectordb.rpc.ClusterStates;
import io.vectordb.rpc.ClusterWatch;
import io.vectordb.rpc.ErrorServerInterceptor;
import io.vectordb.rpc.MetadataClient;
import io.vectordb.v1.Collection;
import io.vectordb.v1.Field;
import io.vectordb.v1.Schema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two index nodes that do as they are told. */
class IndexClientTest {

    private static final AtomicInteger NAMES = new AtomicInteger();
    private static final long MIN_SEQ = 42;

    private static final class FakeIndex extends IndexServiceGrpc.IndexServiceImplBase {
        final AtomicInteger calls = new AtomicInteger();
        final int number;
        volatile BiConsumer<ShardCountRequest, StreamObserver<ShardCountResponse>> behaviour;

        FakeIndex(int number) {
            this.number = number;
            behaviour = this::answer;
        }

        @Override
        public void count(ShardCountRequest request, StreamObserver<ShardCountResponse> observer) {
            calls.incrementAndGet();
            assertThat(request.getFreshness().getMinSeq()).isEqualTo(MIN_SEQ);
            behaviour.accept(request, observer);
        }

        void answer(ShardCountRequest request, StreamObserver<ShardCountResponse> observer) {
            observer.onNext(ShardCountResponse.newBuilder().setCount(number).build());
            observer.onCompleted();
        }

        void fails(ErrorCode code) {
            behaviour = (request, observer) -> observer.onError(new VectorDbException(code, "as told", Map.of()));
        }

        void hangs() {
            behaviour = (request, observer) -> {};
        }

        /** Refuses while it may, and waits for its view when asked to. */
        void starts() {
            behaviour = (request, observer) -> {
                if (request.getFreshness().getUnlessStarting()) {
                    observer.onError(new VectorDbException(ErrorCode.STARTING, "as told", Map.of()));
                } else {
                    answer(request, observer);
                }
            };
        }
    }

    private final String name = "index-client-" + NAMES.incrementAndGet();
    private final List<FakeIndex> nodes = List.of(new FakeIndex(1), new FakeIndex(2));
    private final List<Server> servers = List.of(serve(name + "-1", nodes.get(0)), serve(name + "-2", nodes.get(1)));
    private final ShardState shard = ShardState.newBuilder()
            .setUid("u-0")
            .setName("notes-0")
            .addAllIndexNodes(List.of("i1", "i2"))
            .build();
    private final Server metadata = serve(name + "-metadata", new MetadataServiceGrpc.MetadataServiceImplBase() {
        @Override
        public void watch(WatchRequest request, StreamObserver<ClusterUpdate> observer) {
            observer.onNext(ClusterStates.whole(state()));
        }
    });
    private final ChannelFactory channels = new ChannelFactory();
    private final MetadataClient metadataClient =
            new MetadataClient(channels, List.of(ChannelFactory.IN_PROCESS + name + "-metadata"));
    private final ClusterWatch watch = new ClusterWatch(metadataClient);
    private final Catalog catalog = new Catalog(metadataClient, watch);
    private final IndexClient client = new IndexClient(channels, catalog);

    IndexClientTest() {
        watch.start();
        TestDatabase.await(() -> !catalog.all().isEmpty());
    }

    private ClusterState state() {
        Schema schema = Schema.newBuilder()
                .addPrimaryKey("id")
                .addFields(Field.newBuilder().setName("id").setType("keyword"))
                .build();
        return ClusterState.newBuilder()
                .setVersion(1)
                .setClusterId("c")
                .addNodes(Node.newBuilder().setId("i1").setRpcAddress(ChannelFactory.IN_PROCESS + name + "-1"))
                .addNodes(Node.newBuilder().setId("i2").setRpcAddress(ChannelFactory.IN_PROCESS + name + "-2"))
                .addNodes(Node.newBuilder().setId("i3").setRpcAddress(ChannelFactory.IN_PROCESS + name + "-3"))
                .addCollections(CollectionState.newBuilder()
                        .setCollection(Collection.newBuilder()
                                .setName("notes")
                                .setUid("u")
                                .setSchema(schema)
                                .setSchemaVersion(1))
                        .addShards(shard))
                .build();
    }

    private static Server serve(String name, BindableService service) {
        try {
            return InProcessServerBuilder.forName(name)
                    .addService(service)
                    .intercept(new ErrorServerInterceptor())
                    .build()
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterEach
    void close() {
        watch.close();
        channels.close();
        servers.forEach(Server::shutdownNow);
        metadata.shutdownNow();
    }

    /** Which node answered. */
    private long call(int seconds) {
        Freshness freshness = Freshness.newBuilder().setMinSeq(MIN_SEQ).build();
        return Objects.requireNonNull(client.call(
                                shard,
                                new IndexClient.Question<>(
                                        IndexServiceGrpc.getCountMethod(),
                                        freshness,
                                        asked -> ShardCountRequest.newBuilder()
                                                .setShard(shard.getUid())
                                                .setFreshness(asked)
                                                .build()),
                                FakeShard.time(seconds))
                        .block(Duration.ofSeconds(90)))
                .getCount();
    }

    private VectorDbException failure(int seconds) {
        return catchThrowableOfType(VectorDbException.class, () -> call(seconds));
    }

    private List<Integer> calls() {
        return nodes.stream().map(node -> node.calls.get()).toList();
    }

    private static Duration since(long begun) {
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    @Test
    void theNodesOfAShardAreAskedInTurn() {
        for (int i = 0; i < 10; i++) {
            call(60);
        }
        assertThat(calls()).containsExactly(5, 5);
    }

    @Test
    void aNodeThatIsDownIsPassedOverAndNotAskedForAWhile() {
        servers.getFirst().shutdownNow();
        long begun = System.nanoTime();
        for (int i = 0; i < 10; i++) {
            assertThat(call(60)).isEqualTo(2);
        }
        assertThat(since(begun)).isLessThan(Duration.ofSeconds(5));
        assertThat(calls()).containsExactly(0, 10);
    }

    @Test
    void aNodeThatCannotNowIsPassedOver() {
        for (ErrorCode code : List.of(
                ErrorCode.SHARD_UNAVAILABLE,
                ErrorCode.STALE,
                ErrorCode.OVERLOADED,
                ErrorCode.SEGMENT_CORRUPT,
                ErrorCode.INTERNAL)) {
            nodes.get(1).fails(code);
            assertThat(call(60)).as("%s", code).isEqualTo(1);
            assertThat(call(60)).as("%s", code).isEqualTo(1);
        }
    }

    @Test
    void aNodeThatHangsIsNotWaitedForAndThenAskedLast() {
        nodes.getFirst().hangs();
        long begun = System.nanoTime();
        for (int i = 0; i < 20; i++) {
            assertThat(call(60)).isEqualTo(2);
        }
        assertThat(since(begun)).isLessThan(Duration.ofSeconds(20));
        assertThat(nodes.getFirst().calls).hasValueLessThan(5);
    }

    @Test
    void aNodeThatIsBackIsAskedAgain() {
        nodes.getFirst().fails(ErrorCode.SHARD_UNAVAILABLE);
        assertThat(call(60)).isEqualTo(2);
        assertThat(call(60)).isEqualTo(2);
        nodes.getFirst().behaviour = nodes.getFirst()::answer;
        TestDatabase.await(() -> call(60) == 1);
    }

    @Test
    void whoseViewIsStillBeingMadeIsAskedOnlyWhenNobodyElseCanAnswer() {
        nodes.getFirst().starts();
        for (int i = 0; i < 10; i++) {
            assertThat(call(60)).isEqualTo(2);
        }
        servers.get(1).shutdownNow();
        assertThat(call(60)).isEqualTo(1);
    }

    @Test
    void whenAllViewsAreStillBeingMadeOneOfThemIsWaitedFor() {
        nodes.forEach(FakeIndex::starts);
        assertThat(call(60)).isBetween(1L, 2L);
    }

    @Test
    void whatIsWrongWithTheRequestIsToldByTheFirst() {
        nodes.forEach(node -> node.fails(ErrorCode.UNKNOWN_FIELD));
        assertThat(failure(60).code()).isEqualTo(ErrorCode.UNKNOWN_FIELD);
        assertThat(calls().stream().mapToInt(each -> each).sum()).isEqualTo(1);
    }

    @Test
    void theFailureOfTheNodeThatCameFarthestIsTold() {
        nodes.getFirst().fails(ErrorCode.SHARD_UNAVAILABLE);
        nodes.get(1).fails(ErrorCode.STALE);
        assertThat(failure(60).code()).isEqualTo(ErrorCode.STALE);
        assertThat(failure(60).code()).isEqualTo(ErrorCode.STALE);
    }

    @Test
    void whenNoNodeCanBeReachedTheyAreAskedUntilTheTimeIsUp() {
        servers.forEach(Server::shutdownNow);
        long begun = System.nanoTime();
        assertThat(failure(1).code()).isIn(ErrorCode.SHARD_UNAVAILABLE, ErrorCode.DEADLINE_EXCEEDED);
        assertThat(since(begun)).isBetween(Duration.ofMillis(700), Duration.ofSeconds(20));
    }

    @Test
    void whenBothHangTheCallEndsInItsTime() {
        nodes.forEach(FakeIndex::hangs);
        assertThat(failure(1).code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
        assertThat(calls()).containsExactly(1, 1);
    }
}
