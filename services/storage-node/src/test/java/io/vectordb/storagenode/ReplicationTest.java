package io.vectordb.storagenode;

import static io.vectordb.storagenode.Requests.SHARD;
import static io.vectordb.storagenode.Requests.put;
import static io.vectordb.storagenode.Requests.scan;
import static io.vectordb.storagenode.Requests.tail;
import static io.vectordb.storagenode.TestStorageNode.await;
import static io.vectordb.storagenode.TestStorageNode.shard;
import static io.vectordb.storagenode.TestStorageNode.state;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Server;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.ClusterState;
import io.vectordb.internal.metadata.v1.ClusterUpdate;
import io.vectordb.internal.metadata.v1.MetadataServiceGrpc;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.internal.metadata.v1.WatchRequest;
import io.vectordb.internal.storage.v1.ScannedRecord;
import io.vectordb.internal.storage.v1.StorageServiceGrpc;
import io.vectordb.internal.storage.v1.WriteResponse;
import io.vectordb.rpc.ChannelFactory;
import io.vectordb.rpc.ClusterStates;
import io.vectordb.rpc.ClusterWatch;
import io.vectordb.rpc.MetadataClient;
import io.vectordb.rpc.ShardClient;
import io.vectordb.testkit.Ports;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three replicas in one JVM; the leader is killed under load. */
class ReplicationTest {

    @TempDir
    Path folder;

    /** Tells every watcher one state. */
    private static final class FixedMetadata extends MetadataServiceGrpc.MetadataServiceImplBase {
        private final ClusterState state;

        FixedMetadata(ClusterState state) {
            this.state = state;
        }

        @Override
        public void watch(WatchRequest request, StreamObserver<ClusterUpdate> observer) {
            observer.onNext(ClusterStates.whole(state));
        }
    }

    private List<TestStorageNode> threeNodes() {
        List<TestStorageNode> nodes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            nodes.add(new TestStorageNode("n" + i, folder.resolve("n" + i), Ports.free()).join());
        }
        return nodes;
    }

    @Test
    void writesGoOnAfterTheLeaderIsKilledAndNothingAcknowledgedIsLostOrDoubled() throws Exception {
        List<TestStorageNode> nodes = threeNodes();
        List<Node> members = nodes.stream().map(TestStorageNode::node).toList();
        ClusterState state = state(1, members, shard(SHARD, "n0", "n1", "n2"));
        nodes.forEach(node -> node.replicas.reconcile(state));
        String metadata = "replication-test-metadata";
        Server server = InProcessServerBuilder.forName(metadata)
                .addService(new FixedMetadata(state))
                .build()
                .start();
        try (ChannelFactory channels = new ChannelFactory();
                ClusterWatch watch =
                        new ClusterWatch(new MetadataClient(channels, List.of(ChannelFactory.IN_PROCESS + metadata)))) {
            watch.start();
            await(watch::isSynced);
            ShardClient client = new ShardClient(channels, watch);
            Set<Integer> acknowledged = new ConcurrentSkipListSet<>();
            AtomicBoolean done = new AtomicBoolean();
            Thread writer = Thread.ofPlatform().start(() -> writeUntil(done, client, state, acknowledged));
            await(() -> acknowledged.size() > 50);
            TestStorageNode leader = TestStorageNode.leader(nodes, SHARD);
            leader.close();
            nodes.remove(leader);
            int before = acknowledged.size();
            await(() -> acknowledged.size() > before + 50);
            done.set(true);
            writer.join();
            checkSurvivors(nodes, acknowledged);
        } finally {
            nodes.forEach(TestStorageNode::close);
            server.shutdownNow();
        }
        assertThat(nodes).allSatisfy(node -> assertThat(node.fatal).isEmpty());
    }

    /** Each number once, as its own record, under its own request id. */
    private static void writeUntil(
            AtomicBoolean done, ShardClient client, ClusterState state, Set<Integer> acknowledged) {
        for (int n = 0; !done.get(); n++) {
            try {
                WriteResponse response = client.call(
                                state.getCollections(0).getShards(0),
                                StorageServiceGrpc.getWriteMethod(),
                                Requests.write("r" + n, put(n, n)),
                                Duration.ofSeconds(15))
                        .block();
                if (response != null) {
                    acknowledged.add(n);
                }
            } catch (VectorDbException e) {
                assertThat(e.code()).isIn(ErrorCode.SHARD_UNAVAILABLE, ErrorCode.DEADLINE_EXCEEDED);
            }
        }
    }

    private static void checkSurvivors(List<TestStorageNode> nodes, Set<Integer> acknowledged) {
        assertThat(nodes).hasSize(2);
        long last = nodes.stream()
                .mapToLong(node -> node.stub().tail(tail(0, 0)).getConfirmedSeq())
                .max()
                .orElseThrow();
        for (TestStorageNode node : nodes) {
            await(() -> node.stub().tail(tail(0, 0)).getConfirmedSeq() >= last);
            List<Integer> numbers = node.stub().scan(scan(0, ByteString.EMPTY, 1_000_000)).getRecordsList().stream()
                    .map(ReplicationTest::number)
                    .toList();
            assertThat(numbers).doesNotHaveDuplicates().containsAll(acknowledged);
            // One change each: what was sent twice was applied once.
            assertThat(node.stub().tail(tail(0, 0)).getEntriesList())
                    .extracting(entry -> entry.getKey())
                    .doesNotHaveDuplicates();
        }
    }

    private static int number(ScannedRecord record) {
        return (int)
                record.getRecord().getRecord().getFields().getValuesOrThrow("n").getIntValue();
    }
}
