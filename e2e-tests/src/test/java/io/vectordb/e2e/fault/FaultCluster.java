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
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;

/**
 * A cluster to break: where the system allows it, its storage nodes have network namespaces of their own. A collection has
 * one shard with three replicas.
 */
final class FaultCluster implements AutoCloseable {

    private final Optional<String> noNetwork;
    private final Optional<Namespaces> network;
    private final ClusterProcesses processes;
    private final GrpcClient client;

    private FaultCluster(String test, NodeDisk disk) {
        noNetwork = Namespaces.notPossibleBecause();
        network = noNetwork.isPresent() ? Optional.empty() : Optional.of(Namespaces.create(ClusterProcesses.STORAGE));
        try {
            processes = ClusterProcesses.start(test, this::placement, disk);
        } catch (RuntimeException | Error e) {
            network.ifPresent(Namespaces::close);
            throw e;
        }
        client = new GrpcClient(processes.grpcPort());
    }

    static FaultCluster start(String test) {
        return new FaultCluster(test, NodeDisk.SHARED);
    }

    /** With data folders that lie on something else. */
    static FaultCluster startOn(NodeDisk disk, String test) {
        return new FaultCluster(test, disk);
    }

    private Placement placement(String node) {
        if (ClusterProcesses.STORAGE.contains(node)) {
            return network.map(each -> each.inside(node)).orElse(Placement.LOOPBACK);
        }
        return node.equals(ClusterProcesses.METADATA)
                ? network.map(Namespaces::outside).orElse(Placement.LOOPBACK)
                : Placement.LOOPBACK;
    }

    /** Makes a collection of records with a number; gives its uid. */
    String create(String collection) {
        CreateCollectionRequest request = CreateCollectionRequest.newBuilder()
                .setName(collection)
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
        return Awaitility.await("collection " + collection)
                .atMost(Duration.ofSeconds(60))
                .ignoreExceptionsMatching(FaultCluster::isPassing)
                .until(() -> client.collections().createCollection(request).getUid(), uid -> !uid.isEmpty());
    }

    /** On a machine that is busy with the start of the processes the first leader may be late. */
    private static boolean isPassing(Throwable thrown) {
        System.out.println("not created yet: " + thrown);
        return thrown instanceof StatusRuntimeException failure
                && failure.getStatus().getCode() == Status.Code.UNAVAILABLE;
    }

    /** The network between the storage nodes; the test is skipped where there is none of their own. */
    Namespaces network() {
        Assumptions.assumeTrue(network.isPresent(), () -> "skipped: " + noNetwork.orElseThrow());
        return network.orElseThrow();
    }

    GrpcClient client() {
        return client;
    }

    ServerProcess leader() {
        return processes.leader();
    }

    ServerProcess follower() {
        return processes.followers().getFirst();
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
        client.close();
        processes.close();
        network.ifPresent(Namespaces::close);
    }
}
