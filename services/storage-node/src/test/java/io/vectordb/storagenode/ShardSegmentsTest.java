package io.vectordb.storagenode;

import static io.vectordb.storagenode.Requests.SHARD;
import static io.vectordb.storagenode.Requests.tail;
import static io.vectordb.storagenode.TestStorageNode.LIMIT;
import static io.vectordb.storagenode.TestStorageNode.await;
import static io.vectordb.storagenode.TestStorageNode.shard;
import static io.vectordb.storagenode.TestStorageNode.state;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessServerBuilder;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.ClusterState;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.internal.storage.v1.ChangeSegmentsRequest;
import io.vectordb.internal.storage.v1.ClaimBuild;
import io.vectordb.internal.storage.v1.GetSegmentsRequest;
import io.vectordb.internal.storage.v1.GetSegmentsResponse;
import io.vectordb.internal.storage.v1.PublishSegment;
import io.vectordb.internal.storage.v1.PublishedSegment;
import io.vectordb.internal.storage.v1.SealGrowing;
import io.vectordb.internal.storage.v1.ShardSegments;
import io.vectordb.internal.storage.v1.TailResponse;
import io.vectordb.rpc.ChannelFactory;
import io.vectordb.rpc.ErrorServerInterceptor;
import io.vectordb.rpc.GrpcErrors;
import io.vectordb.segmentstore.ContentHash;
import io.vectordb.segmentstore.ScrubSettings;
import io.vectordb.segmentstore.SegmentStoreSettings;
import io.vectordb.segmentstore.Segments;
import io.vectordb.testkit.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Index nodes build the segments of a shard of three replicas; the storage nodes keep their files. */
class ShardSegmentsTest {

    private static final long MINUTE_MICROS = 60_000_000;
    private static final int LONGER_THAN_ANY_CALL_MILLIS = 120_000;

    @TempDir
    Path folder;

    private final ManualClock clock = new ManualClock();
    private final ChannelFactory channels = new ChannelFactory();
    private final List<TestStorageNode> nodes = new ArrayList<>();
    private final List<SegmentFiles> files = new ArrayList<>();
    private final List<SegmentUpkeep> upkeeps = new ArrayList<>();
    private final List<Server> servers = new ArrayList<>();
    private ClusterState fileNodes = ClusterState.getDefaultInstance();

    @BeforeEach
    void start() throws IOException {
        for (int i = 0; i < 3; i++) {
            nodes.add(new TestStorageNode("n" + i, folder.resolve("n" + i), Ports.free()).join());
        }
        ClusterState state =
                state(1, nodes.stream().map(TestStorageNode::node).toList(), shard(SHARD, "n0", "n1", "n2"));
        nodes.forEach(node -> node.replicas.reconcile(state));
        TestStorageNode.leader(nodes, SHARD);
        ClusterState.Builder serving = state.toBuilder().clearNodes();
        for (TestStorageNode node : nodes) {
            serving.addNodes(serve(node));
        }
        fileNodes = serving.build();
    }

    /** Serves the segment files of a node; whoever fetches finds it by what is returned. */
    private Node serve(TestStorageNode node) throws IOException {
        SegmentFiles own = new SegmentFiles(
                node.disks,
                node.raft.nodeId(),
                new SegmentStoreSettings(Duration.ofHours(24), Duration.ofMinutes(10), 64, clock),
                new ScrubSettings(1_000_000_000, Duration.ofDays(1), Clock.systemUTC()),
                () -> fileNodes,
                channels);
        files.add(own);
        upkeeps.add(new SegmentUpkeep(own, new ReplicaSegments(node.raft, node.replicas), clock));
        String name = "shard-segments-test-" + node.address.substring(ChannelFactory.IN_PROCESS.length());
        servers.add(InProcessServerBuilder.forName(name)
                .addService(own.service())
                .intercept(new ErrorServerInterceptor())
                .build()
                .start());
        return node.node().toBuilder()
                .setRpcAddress(ChannelFactory.IN_PROCESS + name)
                .build();
    }

    @AfterEach
    void stop() {
        upkeeps.forEach(SegmentUpkeep::close);
        servers.forEach(Server::shutdownNow);
        files.forEach(SegmentFiles::close);
        nodes.forEach(TestStorageNode::close);
        channels.close();
        assertThat(nodes).allSatisfy(node -> assertThat(node.fatal).isEmpty());
    }

    private TestStorageNode leader() {
        return TestStorageNode.leader(nodes, SHARD);
    }

    private TestStorageNode follower() {
        TestStorageNode leader = leader();
        return nodes.stream().filter(node -> node != leader).findFirst().orElseThrow();
    }

    private static ChangeSegmentsRequest claim(String builder, long ttlMicros) {
        return ChangeSegmentsRequest.newBuilder()
                .setShard(SHARD)
                .setClaim(ClaimBuild.newBuilder().setBuilder(builder).setTtlMicros(ttlMicros))
                .build();
    }

    private static ChangeSegmentsRequest seal(String builder, long epoch) {
        return ChangeSegmentsRequest.newBuilder()
                .setShard(SHARD)
                .setSeal(SealGrowing.newBuilder().setBuilder(builder).setEpoch(epoch))
                .build();
    }

    private static ChangeSegmentsRequest publish(
            String builder, ShardSegments before, ContentHash id, long from, long to) {
        return ChangeSegmentsRequest.newBuilder()
                .setShard(SHARD)
                .setPublish(PublishSegment.newBuilder()
                        .setBuilder(builder)
                        .setEpoch(before.getClaim().getEpoch())
                        .setGeneration(before.getGeneration())
                        .setSegment(PublishedSegment.newBuilder()
                                .setId(id.hex())
                                .setFromSeq(from)
                                .setToSeq(to)
                                .setExactFromSeq(to)))
                .build();
    }

    private ShardSegments change(ChangeSegmentsRequest request) {
        return leader().stub().changeSegments(request).getSegments();
    }

    private static GetSegmentsRequest get(long minSeq) {
        return GetSegmentsRequest.newBuilder().setShard(SHARD).setMinSeq(minSeq).build();
    }

    private long write(int key) {
        return leader().stub().write(Requests.write("", Requests.put(key, key))).getSeq();
    }

    private static VectorDbException failure(Supplier<?> call) {
        try {
            throw new AssertionError("expected a failure, received " + call.get());
        } catch (StatusRuntimeException e) {
            return GrpcErrors.fromThrowable(e);
        }
    }

    @Test
    void oneBuilderAtATimeSealsAndPublishesAndEveryReplicaTellsOfIt() throws Exception {
        long first = write(1);
        ShardSegments claimed = change(claim("i1", MINUTE_MICROS));
        long epoch = claimed.getClaim().getEpoch();
        VectorDbException waits = failure(() -> change(claim("i2", MINUTE_MICROS)));
        assertThat(waits.code()).isEqualTo(ErrorCode.OPERATION_CONFLICT);
        assertThat(waits.getMessage()).contains("turn of builder i1");
        assertThat(waits.metadata())
                .containsEntry("shard", SHARD)
                .containsEntry("generation", "0")
                .containsEntry("builder", "i1")
                .containsEntry("epoch", Long.toString(epoch));
        assertThat(failure(() -> change(seal("i2", epoch))).code()).isEqualTo(ErrorCode.OPERATION_CONFLICT);

        ShardSegments sealed = change(seal("i1", epoch));
        long last = write(2);
        TestStorageNode follower = follower();
        await(() -> follower.stub().tail(tail(first - 1, 0)).getConfirmedSeq() >= last);
        TailResponse changes = follower.stub().tail(tail(first - 1, 0));
        assertThat(changes.getSealedSeqsList()).containsExactly(sealed.getSealedSeq());
        assertThat(changes.getEntriesList()).extracting(entry -> entry.getSeq()).containsExactly(first, last);
        assertThat(sealed.getSealedSeq()).isStrictlyBetween(first, last);

        ContentHash id = ContentHash.of(new byte[] {1});
        ListenableFuture<TailResponse> waiting = follower.futureStub().tail(tail(last, LONGER_THAN_ANY_CALL_MILLIS));
        ShardSegments published = change(publish("i1", sealed, id, 0, sealed.getSealedSeq()));
        assertThat(published.getGeneration()).isEqualTo(1);
        TailResponse woken = waiting.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        assertThat(woken.getGeneration()).isEqualTo(1);
        assertThat(woken.getEntriesList()).isEmpty();
        assertThat(woken.getConfirmedSeq()).isGreaterThan(last);
        for (TestStorageNode node : nodes) {
            assertThat(node.stub().getSegments(get(woken.getConfirmedSeq())).getSegments())
                    .isEqualTo(published);
        }
        VectorDbException late = failure(() -> change(publish("i1", sealed, id, 0, sealed.getSealedSeq())));
        assertThat(late.code()).isEqualTo(ErrorCode.OPERATION_CONFLICT);
        assertThat(late.getMessage()).contains("at generation 1, expected 0");

        change(claim("i1", 0));
        assertThat(change(claim("i2", MINUTE_MICROS)).getClaim().getBuilder()).isEqualTo("i2");
    }

    @Test
    void aReplicaThatIsNotSoFarWaitsOrIsStale() throws Exception {
        long at = write(1);
        ListenableFuture<GetSegmentsResponse> waiting = leader().futureStub().getSegments(get(at + 1));
        assertThat(waiting.isDone()).isFalse();
        ShardSegments claimed = change(claim("i1", MINUTE_MICROS));
        assertThat(waiting.get(LIMIT.toSeconds(), TimeUnit.SECONDS).getSegments())
                .isEqualTo(claimed);
        assertThat(failure(() -> leader().stub(Duration.ofMillis(400)).getSegments(get(at + 1_000)))
                        .code())
                .isIn(ErrorCode.STALE, ErrorCode.DEADLINE_EXCEEDED);
    }

    @Test
    void onlyTheLeaderTakesSteps() {
        assertThat(failure(() -> follower().stub().changeSegments(claim("i1", MINUTE_MICROS)))
                        .code())
                .isEqualTo(ErrorCode.NOT_LEADER);
    }

    @Test
    void whatNoStateAdmitsIsInvalid() {
        for (ChangeSegmentsRequest bad : List.of(
                ChangeSegmentsRequest.newBuilder().setShard(SHARD).build(),
                claim("", MINUTE_MICROS),
                claim("x".repeat(129), MINUTE_MICROS),
                claim("i1", -1),
                claim("i1", 10 * MINUTE_MICROS + 1),
                seal("", 1),
                ChangeSegmentsRequest.newBuilder()
                        .setShard(SHARD)
                        .setPublish(PublishSegment.newBuilder().setBuilder("i1"))
                        .build(),
                ChangeSegmentsRequest.newBuilder()
                        .setShard(SHARD)
                        .setPublish(PublishSegment.newBuilder().setSegment(PublishedSegment.getDefaultInstance()))
                        .build())) {
            assertThat(failure(() -> leader().stub().changeSegments(bad)).code())
                    .as("%s", bad)
                    .isEqualTo(ErrorCode.INVALID_VALUE);
        }
        assertThat(change(claim("x".repeat(128), 10 * MINUTE_MICROS)).hasClaim())
                .isTrue();
    }

    // ---- files

    private ContentHash put(SegmentFiles at, String content) throws IOException {
        Path segment = Files.createTempDirectory(folder, "segment");
        Files.writeString(segment.resolve("graph"), "graph of " + content);
        Files.writeString(segment.resolve("codes"), "codes of " + content);
        return new Segments(at.store()).put(segment);
    }

    private static boolean isWhole(SegmentFiles at, ContentHash segment) {
        return new Segments(at.store()).missing(segment).isEmpty();
    }

    private ShardSegments grow(ContentHash id) {
        write(1);
        ShardSegments claimed = change(claim("i1", 10 * MINUTE_MICROS));
        ShardSegments sealed = change(seal("i1", claimed.getClaim().getEpoch()));
        int count = sealed.getSegmentsCount();
        long from = count == 0 ? 0 : sealed.getSegments(count - 1).getToSeq();
        return change(publish("i1", sealed, id, from, sealed.getSealedSeq()));
    }

    private void lookEverywhere(long generation) {
        for (int i = 0; i < nodes.size(); i++) {
            TestStorageNode node = nodes.get(i);
            await(() -> node.stub().getSegments(get(0)).getSegments().getGeneration() == generation);
            upkeeps.get(i).look();
        }
    }

    /** Twice: at the first time the replicas are not known to be as far as they should be. */
    private void collectEverywhere() {
        upkeeps.forEach(SegmentUpkeep::collect);
        long last = write(9);
        nodes.forEach(node -> node.stub().getSegments(get(last)));
        upkeeps.forEach(SegmentUpkeep::collect);
    }

    @Test
    void everyNodeOfTheShardFetchesItsFilesAndDropsThoseThatWereReplaced() throws IOException {
        ContentHash first = put(files.get(0), "first");
        ContentHash second = put(files.get(1), "second");
        ContentHash unpublished = put(files.get(2), "unpublished");
        grow(first);
        ShardSegments two = grow(second);
        lookEverywhere(2);
        for (SegmentFiles each : files) {
            assertThat(isWhole(each, first) && isWhole(each, second)).isTrue();
        }
        ContentHash merged = put(files.get(2), "merged");
        ShardSegments one =
                change(publish("i1", two, merged, 0, two.getSegments(1).getToSeq()));
        assertThat(one.getSegmentsCount()).isEqualTo(1);
        lookEverywhere(3);
        collectEverywhere();
        for (SegmentFiles each : files) {
            assertThat(List.of(first, second, merged)).allMatch(id -> isWhole(each, id));
        }
        assertThat(isWhole(files.get(2), unpublished)).isTrue();

        clock.advance(Duration.ofHours(25));
        collectEverywhere();
        for (SegmentFiles each : files) {
            assertThat(isWhole(each, merged)).isTrue();
            assertThat(List.of(first, second, unpublished)).noneMatch(id -> isWhole(each, id));
            assertThat(each.store().files()).hasSize(3);
        }
    }

    @Test
    void nothingIsCollectedOnANodeThatMissesAReplica() throws IOException {
        ContentHash unpublished = put(files.get(0), "unpublished");
        TestStorageNode node = nodes.getFirst();
        clock.advance(Duration.ofHours(25));
        // The metadata places another shard here, with a peer that is not known.
        node.replicas.reconcile(state(
                2,
                nodes.stream().map(TestStorageNode::node).toList(),
                shard(SHARD, "n0", "n1", "n2"),
                shard("t", "n0", "n9")));
        collectEverywhere();
        assertThat(isWhole(files.get(0), unpublished)).isTrue();
        node.replicas.reconcile(
                state(3, nodes.stream().map(TestStorageNode::node).toList(), shard(SHARD, "n0", "n1", "n2")));
        await(node.replicas::areComplete);
        collectEverywhere();
        assertThat(isWhole(files.get(0), unpublished)).isFalse();
    }
}
