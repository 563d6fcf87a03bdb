package io.vectordb.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PlansTest {

    private static final Path DATA = Path.of("/data");
    private static final Path BACKUPS = Path.of("/backups");

    @Test
    void everyNodeOfAClusterHasPortsAndAFolderOfItsOwn() {
        Plan plan = Plans.cluster(DATA, BACKUPS, new Plans.ClusterSize(1, 3, 1, 8080, 9090, 9200));
        assertThat(plan.processes().stream().map(ProcessSpec::node))
                .containsExactly(
                        "metadata-1", "storage-1", "storage-2", "storage-3", "index-1", "coordinator-1", "gateway-1");
        Set<Integer> ports = new HashSet<>();
        plan.processes()
                .forEach(process -> process.ports()
                        .values()
                        .forEach(port -> assertThat(ports.add(port)).isTrue()));
        ProcessSpec storage = plan.processes().get(2);
        assertThat(storage.command())
                .contains(
                        "--vectordb.storage.node-id=storage-2",
                        "--vectordb.storage.data-dir=/data/storage-2",
                        "--vectordb.storage.raft-port=9412",
                        "--vectordb.rpc.port=9312",
                        "--server.port=9212",
                        "--vectordb.backup.folders=/backups",
                        "--vectordb.cluster.metadata-address=127.0.0.1:9301");
    }

    @Test
    void everythingBindsToLoopbackUnlessToldOtherwise() {
        assertThat(Plans.cluster(DATA, BACKUPS, new Plans.ClusterSize(1, 3, 1, 8080, 9090, 9200))
                        .processes())
                .allSatisfy(process -> assertThat(process.command()).contains("--server.address=127.0.0.1"));
        Plan open = Plans.standalone(DATA, BACKUPS, "0.0.0.0", 8080, 9090);
        assertThat(open.processes().getFirst().command())
                .contains("--server.address=0.0.0.0", "--spring.grpc.server.address=0.0.0.0");
        assertThat(open.restUrl()).isEqualTo("http://127.0.0.1:8080");
    }

    @Test
    void replicasAreNoMoreThanStorageNodes() {
        List<String> metadata = Plans.cluster(DATA, BACKUPS, new Plans.ClusterSize(1, 2, 1, 8080, 9090, 9200))
                .processes()
                .getFirst()
                .command();
        assertThat(metadata).contains("--vectordb.metadata.default-replicas=2");
    }

    @Test
    void metadataNodesKnowEachOtherAndEverybodyKnowsThemAll() {
        Plan plan = Plans.cluster(DATA, BACKUPS, new Plans.ClusterSize(3, 3, 1, 8080, 9090, 9200));
        assertThat(plan.processes().get(1).command())
                .contains(
                        "--vectordb.metadata.node-id=metadata-2",
                        "--vectordb.rpc.port=9302",
                        "--vectordb.metadata.members=metadata-1@127.0.0.1:9301:9401,"
                                + "metadata-2@127.0.0.1:9302:9402,metadata-3@127.0.0.1:9303:9403");
        assertThat(plan.processes().get(3).command())
                .contains("--vectordb.cluster.metadata-address=127.0.0.1:9301,127.0.0.1:9302,127.0.0.1:9303");
    }

    @Test
    void backOffDoublesUpToItsLongest() {
        assertThat(BackOff.DEFAULT.wait(1)).hasMillis(200);
        assertThat(BackOff.DEFAULT.wait(2)).hasMillis(400);
        assertThat(BackOff.DEFAULT.wait(40)).hasSeconds(10);
    }
}
