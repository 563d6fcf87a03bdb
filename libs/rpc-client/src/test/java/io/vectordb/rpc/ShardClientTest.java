package io.vectordb.rpc;

import static io.vectordb.rpc.Await.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.ClusterState;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.internal.storage.v1.ReadPositionRequest;
import io.vectordb.internal.storage.v1.ReadPositionResponse;
import io.vectordb.internal.storage.v1.StorageServiceGrpc;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Three storage nodes that do as they are told. */
class ShardClientTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private static final class FakeStorage extends StorageServiceGrpc.StorageServiceImplBase {
        final AtomicInteger calls = new AtomicInteger();
        volatile Consumer<StreamObserver<ReadPositionResponse>> behaviour = FakeStorage::answer;

        @Override
        public void readPosition(ReadPositionRequest request, StreamObserver<ReadPositionResponse> observer) {
            calls.incrementAndGet();
            behaviour.accept(observer);
        }

        static void answer(StreamObserver<ReadPositionResponse> observer) {
            observer.onNext(ReadPositionResponse.newBuilder().setSeq(7).build());
            observer.onCompleted();
        }

        void fails(ErrorCode code, Map<String, String> metadata) {
            behaviour = observer -> observer.onError(new VectorDbException(code, "as told", metadata));
        }
    }

    private final FakeMetadata metadata = new FakeMetadata();
    private final InProcess metadataServer = InProcess.serve(metadata);
    private final List<FakeStorage> nodes = List.of(new FakeStorage(), new FakeStorage(), new FakeStorage());
    private final List<InProcess> servers = nodes.stream().map(InProcess::serve).toList();
    private final ShardState shard = ShardState.newBuilder()
            .setUid("u-0")
            .setName("notes-0")
            .addAllStorageNodes(List.of("n0", "n1", "n2"))
            .build();
    private final ChannelFactory channels = new ChannelFactory();
    private final ClusterWatch watch = new ClusterWatch(new MetadataClient(channels, List.of(metadataServer.address)));
    private final ShardClient client = new ShardClient(channels, watch);

    @BeforeEach
    void start() {
        ClusterState.Builder state = ClusterState.newBuilder().setVersion(1);
        for (int i = 0; i < servers.size(); i++) {
            state.addNodes(Node.newBuilder().setId("n" + i).setRpcAddress(servers.get(i).address));
        }
        metadata.tell(state.build());
        watch.start();
        await(watch::isSynced);
    }

    @AfterEach
    void close() {
        watch.close();
        channels.close();
        servers.forEach(InProcess::close);
        metadataServer.close();
    }

    private long call(Duration timeout) {
        return Objects.requireNonNull(client.call(
                                shard,
                                StorageServiceGrpc.getReadPositionMethod(),
                                ReadPositionRequest.getDefaultInstance(),
                                timeout)
                        .block(Duration.ofSeconds(90)))
                .getSeq();
    }

    private VectorDbException failure(Duration timeout) {
        return catchThrowableOfType(VectorDbException.class, () -> call(timeout));
    }

    private List<Integer> calls() {
        return nodes.stream().map(node -> node.calls.get()).toList();
    }

    @Test
    void aHintLeadsStraightToTheLeaderAndIsRemembered() {
        nodes.get(0).fails(ErrorCode.NOT_LEADER, Map.of("leader", "n2"));
        nodes.get(1).fails(ErrorCode.NOT_LEADER, Map.of("leader", "n2"));
        assertThat(call(TIMEOUT)).isEqualTo(7);
        assertThat(call(TIMEOUT)).isEqualTo(7);
        assertThat(calls()).containsExactly(1, 0, 2);
    }

    @Test
    void aNodeThatIsDownIsPassedOverAndSoIsALeaderThatLostItsOffice() {
        servers.get(0).close();
        assertThat(call(TIMEOUT)).isEqualTo(7);
        assertThat(calls()).containsExactly(0, 1, 0);
        nodes.get(1).fails(ErrorCode.NOT_LEADER, Map.of("leader", "n2"));
        assertThat(call(TIMEOUT)).isEqualTo(7);
        assertThat(calls()).containsExactly(0, 2, 1);
    }

    @Test
    void aHintToANodeThatIsDownDoesNotHoldTheCallUp() {
        servers.get(2).close();
        nodes.get(0).fails(ErrorCode.NOT_LEADER, Map.of("leader", "n2"));
        assertThat(call(TIMEOUT)).isEqualTo(7);
        assertThat(nodes.get(1).calls).hasValue(1);
    }

    @Test
    void whatIsTheUsersFaultIsNotRepeated() {
        for (ErrorCode code : List.of(ErrorCode.INVALID_VALUE, ErrorCode.SEQ_MISMATCH, ErrorCode.OVERLOADED)) {
            int before = nodes.getFirst().calls.get();
            nodes.getFirst().fails(code, Map.of());
            assertThat(failure(TIMEOUT).code()).isEqualTo(code);
            assertThat(nodes.getFirst().calls.get() - before).isEqualTo(1);
        }
        assertThat(calls().subList(1, 3)).containsOnly(0);
    }

    @Test
    void aShardWithoutLeaderIsGivenUpWhenTheTimeIsUsedUp() {
        nodes.forEach(node -> node.fails(ErrorCode.SHARD_UNAVAILABLE, Map.of()));
        VectorDbException failure = failure(Duration.ofSeconds(2));
        assertThat(failure.code()).isEqualTo(ErrorCode.SHARD_UNAVAILABLE);
        assertThat(failure.getMessage()).contains("notes-0");
        assertThat(calls()).allMatch(calls -> calls >= 1);
    }

    @Test
    void aNodeThatHangsCostsNoMoreThanTheCallsTime() {
        nodes.forEach(node -> node.behaviour = observer -> {});
        long begun = System.nanoTime();
        assertThat(failure(Duration.ofMillis(200)).code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(TIMEOUT);
    }

    @Test
    void aNodeThatHangsLeavesHalfOfTheTimeToTheOthers() {
        nodes.get(0).behaviour = observer -> {};
        assertThat(call(Duration.ofSeconds(20))).isEqualTo(7);
        assertThat(calls()).containsExactly(1, 1, 0);
    }

    /** Else calls with little time would end there one after another. */
    @Test
    void aNodeThatHungIsAskedLastForAWhileWhateverTheOthersSayOfIt() {
        nodes.get(0).behaviour = observer -> {};
        assertThat(failure(Duration.ofMillis(500)).code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
        nodes.get(1).fails(ErrorCode.NOT_LEADER, Map.of("leader", "n0"));
        assertThat(call(TIMEOUT)).isEqualTo(7);
        assertThat(calls()).containsExactly(1, 1, 1);
    }

    @Test
    void aLeaderThatHungOnceIsAskedAgainWithinTheCallWhenTheOthersNameIt() {
        nodes.get(0).behaviour = observer -> {};
        assertThat(failure(Duration.ofMillis(500)).code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
        nodes.get(0).behaviour = FakeStorage::answer;
        nodes.get(1).fails(ErrorCode.NOT_LEADER, Map.of("leader", "n0"));
        nodes.get(2).fails(ErrorCode.NOT_LEADER, Map.of("leader", "n0"));
        assertThat(call(TIMEOUT)).isEqualTo(7);
        assertThat(calls()).containsExactly(2, 1, 1);
    }

    @Test
    void aLeaderThatHungOnceIsAskedAgainWithinTheCallAlsoWhenNobodyNamesIt() {
        nodes.get(0).behaviour = observer -> {};
        assertThat(failure(Duration.ofMillis(500)).code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
        nodes.get(0).behaviour = FakeStorage::answer;
        nodes.get(1).fails(ErrorCode.SHARD_UNAVAILABLE, Map.of());
        nodes.get(2).fails(ErrorCode.SHARD_UNAVAILABLE, Map.of());
        assertThat(call(TIMEOUT)).isEqualTo(7);
        assertThat(calls()).containsExactly(2, 1, 1);
    }

    @Test
    void whatAnotherReplicaHasAlreadyIsReadThere() {
        nodes.get(0).fails(ErrorCode.STALE, Map.of());
        assertThat(call(TIMEOUT)).isEqualTo(7);
        nodes.forEach(node -> node.fails(ErrorCode.STALE, Map.of()));
        assertThat(failure(Duration.ofSeconds(2)).code()).isEqualTo(ErrorCode.STALE);
    }

    @Test
    void whatAReplicaSaidIsNotHiddenByTheEndOfTheTime() {
        nodes.get(0).fails(ErrorCode.STALE, Map.of("reached", "5"));
        nodes.get(1).behaviour = observer -> {};
        nodes.get(2).behaviour = observer -> {};
        VectorDbException failure = failure(Duration.ofSeconds(2));
        assertThat(failure.code()).isEqualTo(ErrorCode.STALE);
        assertThat(failure.metadata()).containsEntry("reached", "5");
    }

    @Test
    void aRefusalAfterAnAttemptThatMayHaveSucceededLeavesTheOutcomeUnknown() {
        nodes.get(0).behaviour = observer -> observer.onError(Status.UNAVAILABLE.asRuntimeException());
        nodes.get(1).fails(ErrorCode.OVERLOADED, Map.of());
        nodes.get(2).fails(ErrorCode.OVERLOADED, Map.of());
        // OVERLOADED alone would say that nothing was done.
        assertThat(failure(TIMEOUT).code()).isEqualTo(ErrorCode.SHARD_UNAVAILABLE);
    }

    @Test
    void aNodeThatIsNotKnownYetIsWaitedFor() {
        ClusterState known = watch.state();
        metadata.tell(known.toBuilder().setVersion(2).clearNodes().build());
        await(() -> watch.state().getVersion() == 2);
        assertThat(failure(Duration.ofMillis(100)).code()).isEqualTo(ErrorCode.SHARD_UNAVAILABLE);
        Thread.ofPlatform()
                .start(() -> metadata.tell(known.toBuilder().setVersion(3).build()));
        assertThat(call(TIMEOUT)).isEqualTo(7);
    }
}
