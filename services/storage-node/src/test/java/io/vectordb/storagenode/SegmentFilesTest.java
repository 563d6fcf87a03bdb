package io.vectordb.storagenode;

import static io.vectordb.storagenode.TestStorageNode.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Server;
import io.grpc.inprocess.InProcessServerBuilder;
import io.vectordb.disks.DiskSet;
import io.vectordb.disks.DiskSettings;
import io.vectordb.internal.metadata.v1.ClusterState;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.rpc.ChannelFactory;
import io.vectordb.rpc.ErrorServerInterceptor;
import io.vectordb.segmentstore.ContentHash;
import io.vectordb.segmentstore.ScrubSettings;
import io.vectordb.segmentstore.SegmentFile;
import io.vectordb.segmentstore.SegmentStoreSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two storage nodes with the same segment file. */
class SegmentFilesTest {

    private static final String OTHER = "segment-files-test-other";

    @TempDir
    Path root;

    private final ChannelFactory channels = new ChannelFactory();
    private final ClusterState cluster = ClusterState.newBuilder()
            .addNodes(Node.newBuilder()
                    .setId("other")
                    .setService(Node.Service.STORAGE)
                    .setRpcAddress(ChannelFactory.IN_PROCESS + OTHER))
            .build();
    private DiskSet disks;
    private DiskSet otherDisks;
    private SegmentFiles files;
    private SegmentFiles other;
    private Server server;

    @BeforeEach
    void start() throws IOException {
        otherDisks = DiskSet.open(DiskSettings.of("other", List.of(root.resolve("other"))));
        other = open(otherDisks, "other", ClusterState.getDefaultInstance());
        server = InProcessServerBuilder.forName(OTHER)
                .addService(other.service())
                .intercept(new ErrorServerInterceptor())
                .build()
                .start();
        disks = DiskSet.open(DiskSettings.of("own", List.of(root.resolve("own"))));
        files = open(disks, "own", cluster);
    }

    private SegmentFiles open(DiskSet set, String nodeId, ClusterState state) {
        return new SegmentFiles(
                set,
                nodeId,
                SegmentStoreSettings.DEFAULT,
                new ScrubSettings(1_000_000_000, Duration.ZERO, Clock.systemUTC()),
                () -> state,
                channels);
    }

    @AfterEach
    void stop() {
        files.close();
        disks.close();
        other.close();
        otherDisks.close();
        server.shutdownNow();
        channels.close();
    }

    @Test
    void aFileThatIsFoundDamagedComesFromAnotherNode() throws IOException {
        byte[] content = new byte[300_000];
        new Random(1).nextBytes(content);
        ContentHash hash = files.store().put(content);
        other.store().put(content);

        files.close();
        disks.close();
        Path stored;
        try (var tree = Files.walk(root.resolve("own"))) {
            stored = tree.filter(path -> path.getFileName().toString().startsWith(hash.hex()))
                    .max((a, b) -> Long.compare(a.toFile().length(), b.toFile().length()))
                    .orElseThrow();
        }
        byte[] damaged = Files.readAllBytes(stored);
        damaged[123_456] ^= 1;
        Files.write(stored, damaged);
        disks = DiskSet.open(DiskSettings.of("own", List.of(root.resolve("own"))));
        files = open(disks, "own", cluster);

        await(() -> files.store().quarantined().size() == 1
                && files.wanted() == 0
                && files.store().find(hash).isPresent());
        try (SegmentFile file = files.store().open(hash)) {
            assertThat(file.memory().toArray(java.lang.foreign.ValueLayout.JAVA_BYTE))
                    .isEqualTo(content);
        }
    }
}
