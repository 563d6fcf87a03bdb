package io.vectordb.e2e.fault;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.vectordb.e2e.process.ClusterProcesses;
import io.vectordb.e2e.process.GrpcClient;
import io.vectordb.e2e.process.NodeDisk;
import io.vectordb.e2e.process.Placement;
import io.vectordb.e2e.process.ServerProcess;
import io.vectordb.v1.CollectionSettings;
import io.vectordb.v1.CreateCollectionRequest;
import io.vectordb.v1.Field;
import io.vectordb.v1.Schema;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;

/**
 * A cluster of processes with one collection of one shard and three replicas. Where the machine allows it, its storage nodes
 * have network namespaces, file systems and a library before their system calls of their own.
 */
final class FaultCluster implements AutoCloseable {

    static final String COLLECTION = "faults";

    private final Optional<String> noNetwork = Namespaces.notPossibleBecause();
    private final Optional<String> noDisks = DiskImages.notPossibleBecause();
    private final Optional<String> noCalls = SystemCalls.notPossibleBecause();
    private final Optional<Namespaces> network;
    private final Optional<DiskImages> disks;
    private final Optional<SystemCalls> calls;
    private final ClusterProcesses processes;
    private final GrpcClient client;
    private final Replicas replicas;

    private FaultCluster(String test) {
        calls = possible(noCalls, SystemCalls::compile);
        network = possible(noNetwork, () -> Namespaces.create(ClusterProcesses.STORAGE));
        try {
            disks = possible(noDisks, DiskImages::create);
            processes = ClusterProcesses.start(
                    test, this::placement, disks.<NodeDisk>map(each -> each).orElse(NodeDisk.SHARED));
        } catch (RuntimeException | Error e) {
            network.ifPresent(Namespaces::close);
            throw e;
        }
        client = new GrpcClient(processes.grpcPort());
        replicas = new Replicas(processes, create());
    }

    private static <T> Optional<T> possible(Optional<String> obstacle, Supplier<T> make) {
        return obstacle.isPresent() ? Optional.empty() : Optional.of(make.get());
    }

    static FaultCluster start(String test) {
        return new FaultCluster(test);
    }

    private Placement placement(String node) {
        if (!ClusterProcesses.STORAGE.contains(node)) {
            return node.equals(ClusterProcesses.METADATA)
                    ? network.map(Namespaces::outside).orElse(Placement.LOOPBACK)
                    : Placement.LOOPBACK;
        }
        Placement inside = network.map(each -> each.inside(node)).orElse(Placement.LOOPBACK);
        return calls.map(each -> each.before(node, inside)).orElse(inside);
    }

    /** Makes the collection of records with a number; gives its uid. */
    private String create() {
        CreateCollectionRequest request = CreateCollectionRequest.newBuilder()
                .setName(COLLECTION)
                .setIfNotExists(true)
                .setSettings(CollectionSettings.newBuilder().setReplicas(ClusterProcesses.STORAGE.size()))
                .setSchema(Schema.newBuilder()
                        .setKind(Schema.Kind.DOCUMENT)
                        .setDynamic(Schema.Dynamic.REJECT)
                        .addPrimaryKey("id")
                        .addFields(Field.newBuilder().setName("id").setType("keyword"))
                        .addFields(Field.newBuilder().setName("number").setType("int64"))
                        .addFields(Field.newBuilder().setName("payload").setType("text")))
                .build();
        return Awaitility.await("collection " + COLLECTION)
                .atMost(Duration.ofSeconds(60))
                .ignoreExceptionsMatching(FaultCluster::isPassing)
                .until(() -> client.collections().createCollection(request).getUid(), uid -> !uid.isEmpty());
    }

    /** On a machine that is busy with the start of the processes the first leader may be late. */
    private static boolean isPassing(Throwable thrown) {
        return thrown instanceof StatusRuntimeException failure
                && (failure.getStatus().getCode() == Status.Code.UNAVAILABLE
                        || failure.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED);
    }

    /** The network between the storage nodes; the test is skipped where there is none of their own. */
    Namespaces network() {
        Assumptions.assumeTrue(network.isPresent(), () -> "skipped: " + noNetwork.orElseThrow());
        return network.orElseThrow();
    }

    /** The disks of the storage nodes; the test is skipped where there are none of their own. */
    DiskImages disks() {
        Assumptions.assumeTrue(disks.isPresent(), () -> "skipped: " + noDisks.orElseThrow());
        return disks.orElseThrow();
    }

    /** What the storage nodes ask of the operating system; the test is skipped where it cannot be changed. */
    SystemCalls calls() {
        Assumptions.assumeTrue(calls.isPresent(), () -> "skipped: " + noCalls.orElseThrow());
        return calls.orElseThrow();
    }

    GrpcClient client() {
        return client;
    }

    /** The replicas of the collection's only shard. */
    Replicas replicas() {
        return replicas;
    }

    ServerProcess leader() {
        return processes.leader();
    }

    ServerProcess follower() {
        return processes.followers().getFirst();
    }

    int raftPort(String storageNode) {
        return processes.raftPort(storageNode);
    }

    List<ServerProcess> storage() {
        return processes.storage().toList();
    }

    /** The names of the storage nodes but one. */
    static List<String> others(ServerProcess node) {
        return ClusterProcesses.STORAGE.stream()
                .filter(each -> !each.equals(node.node()))
                .toList();
    }

    /** Starts what ended by itself, as a supervisor does. */
    void restartEnded() {
        for (ServerProcess process : processes.all()) {
            process.endedWith().ifPresent(status -> {
                System.out.println(process.node() + " ended with status " + status + " and is started again");
                process.start();
            });
        }
    }

    @Override
    public void close() {
        replicas.close();
        client.close();
        processes.close();
        network.ifPresent(Namespaces::close);
        calls.ifPresent(SystemCalls::close);
    }
}
