package io.vectordb.storagenode;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Server;
import io.grpc.inprocess.InProcessServerBuilder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vectordb.disks.DiskSet;
import io.vectordb.disks.DiskSettings;
import io.vectordb.internal.metadata.v1.ClusterState;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.internal.storage.v1.PublishedSegment;
import io.vectordb.internal.storage.v1.ShardSegments;
import io.vectordb.rpc.ChannelFactory;
import io.vectordb.rpc.ErrorServerInterceptor;
import io.vectordb.segmentstore.ContentHash;
import io.vectordb.segmentstore.ScrubSettings;
import io.vectordb.segmentstore.SegmentStoreSettings;
import io.vectordb.segmentstore.Segments;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A storage node that is told what its shards published, and another one that may have the files. */
class SegmentUpkeepTest {

    private static final String OTHER = "segment-upkeep-test-other";
    private static final Duration GRACE = Duration.ofHours(24);

    @TempDir
    Path root;

    /** What the replicas say; the test is their owner. */
    private static final class Told implements PublishedSegments {
        private final Map<String, ShardSegments> shards = new HashMap<>();
        private boolean allKnown = true;

        @Override
        public Map<String, ShardSegments> readable() {
            return Map.copyOf(shards);
        }

        @Override
        public Optional<Map<String, ShardSegments>> all() {
            return allKnown ? Optional.of(readable()) : Optional.empty();
        }

        void publish(String shard, ContentHash... ids) {
            ShardSegments.Builder segments = ShardSegments.newBuilder()
                    .setGeneration(shards.getOrDefault(shard, ShardSegments.getDefaultInstance())
                                    .getGeneration()
                            + 1);
            Stream.of(ids)
                    .forEach(id ->
                            segments.addSegments(PublishedSegment.newBuilder().setId(id.hex())));
            shards.put(shard, segments.build());
        }
    }

    private final ChannelFactory channels = new ChannelFactory();
    private final ManualClock clock = new ManualClock();
    private final Told told = new Told();
    private final Random random = new Random(7);
    private DiskSet disks;
    private DiskSet otherDisks;
    private SegmentFiles files;
    private SegmentFiles other;
    private SegmentUpkeep upkeep;
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
        files = open(
                disks,
                "own",
                ClusterState.newBuilder()
                        .addNodes(Node.newBuilder()
                                .setId("other")
                                .setService(Node.Service.STORAGE)
                                .setRpcAddress(ChannelFactory.IN_PROCESS + OTHER))
                        .build());
        upkeep = new SegmentUpkeep(files, told, clock);
    }

    private SegmentFiles open(DiskSet set, String nodeId, ClusterState state) {
        return new SegmentFiles(
                set,
                nodeId,
                new SegmentStoreSettings(GRACE, Duration.ofMinutes(10), 64, clock),
                new ScrubSettings(1_000_000_000, Duration.ofDays(1), Clock.systemUTC()),
                () -> state,
                channels);
    }

    @AfterEach
    void stop() {
        upkeep.close();
        files.close();
        disks.close();
        other.close();
        otherDisks.close();
        server.shutdownNow();
        channels.close();
    }

    /** A segment of three files, and a manifest. */
    private ContentHash put(SegmentFiles at) throws IOException {
        Path folder = Files.createTempDirectory(root, "segment");
        for (String name : List.of("graph", "codes", "text")) {
            byte[] content = new byte[10_000];
            random.nextBytes(content);
            Files.write(folder.resolve(name), content);
        }
        return new Segments(at.store()).put(folder);
    }

    private boolean isWhole(ContentHash segment) {
        return new Segments(files.store()).missing(segment).isEmpty();
    }

    /** Past the grace time, and past that of what was replaced. */
    private void passGrace() {
        clock.advance(GRACE.plusMinutes(1));
    }

    @Test
    void whatIsPublishedIsFetchedOnce() throws IOException {
        ContentHash segment = put(other);
        upkeep.look();
        assertThat(files.store().files()).isEmpty();
        told.publish("s", segment);
        upkeep.look();
        assertThat(isWhole(segment)).isTrue();
        assertThat(files.store().files()).hasSize(4);
        assertThat(upkeep.missing()).isZero();
    }

    @Test
    void whatNobodyHasIsAskedForAgainLaterAndLater() throws IOException {
        Path folder = Files.createTempDirectory(root, "late");
        Files.writeString(folder.resolve("graph"), "late");
        ContentHash late = new Segments(files.store()).put(folder);
        passGrace();
        upkeep.collect();
        ContentHash other = put(this.other);
        told.publish("s", late, other);
        upkeep.look();
        assertThat(upkeep.missing()).isEqualTo(1);
        assertThat(isWhole(other)).isTrue();
        new Segments(this.other.store()).put(folder);
        upkeep.look();
        clock.advance(Duration.ofSeconds(30));
        upkeep.look();
        assertThat(isWhole(late)).isFalse();
        clock.advance(Duration.ofSeconds(31));
        upkeep.look();
        assertThat(isWhole(late)).isTrue();
        assertThat(upkeep.missing()).isZero();
    }

    @Test
    void aFileThatIsGoneIsFetchedAtTheNextCheck() throws IOException {
        ContentHash segment = put(other);
        told.publish("s", segment);
        upkeep.look();
        told.publish("s");
        passGrace();
        upkeep.collect();
        assertThat(files.store().files()).isEmpty();
        told.publish("s", segment);
        upkeep.look();
        assertThat(isWhole(segment)).isTrue();
    }

    @Test
    void onlyWhatNoShardNeedsIsCollectedAfterTheGraceTime() throws IOException {
        ContentHash kept = put(files);
        ContentHash replaced = put(files);
        ContentHash never = put(files);
        told.publish("s", kept);
        told.publish("t", replaced);
        upkeep.look();
        upkeep.collect();
        assertThat(files.store().files()).hasSize(12);
        passGrace();
        upkeep.look();
        ContentHash young = put(files);
        told.publish("t");
        upkeep.look();
        upkeep.collect();
        // The one that was published until now stays a while for those that are loading it.
        assertThat(isWhole(replaced)).isTrue();
        assertThat(isWhole(never)).isFalse();
        clock.advance(SegmentUpkeep.REPLACED_STAY.plusSeconds(1));
        upkeep.collect();
        assertThat(isWhole(replaced)).isFalse();
        assertThat(isWhole(kept)).isTrue();
        assertThat(isWhole(young)).isTrue();
        assertThat(files.store().files()).hasSize(8);
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        upkeep.register(meters);
        assertThat(meters.get("vectordb.storage.segments.collected")
                        .functionCounter()
                        .count())
                .isEqualTo(8);
        assertThat(meters.get("vectordb.storage.segments.collected.bytes")
                        .functionCounter()
                        .count())
                .isGreaterThan(60_000);
    }

    @Test
    void nothingIsCollectedWhileAReplicaCannotBeRead() throws IOException {
        ContentHash unknown = put(files);
        passGrace();
        told.allKnown = false;
        upkeep.collect();
        assertThat(isWhole(unknown)).isTrue();
        told.allKnown = true;
        upkeep.collect();
        assertThat(isWhole(unknown)).isFalse();
    }

    @Test
    void nothingIsCollectedWhileAManifestIsNotHere() throws IOException {
        ContentHash here = put(files);
        ContentHash elsewhere = put(other);
        told.publish("s", elsewhere);
        passGrace();
        upkeep.collect();
        assertThat(isWhole(here)).isTrue();
        upkeep.look();
        upkeep.collect();
        assertThat(isWhole(here)).isFalse();
        assertThat(isWhole(elsewhere)).isTrue();
    }

    @Test
    void aLoneNodeThatMissesASegmentSaysSo() throws IOException {
        ContentHash segment = put(files);
        try (DiskSet lone = DiskSet.open(DiskSettings.of("lone", List.of(root.resolve("lone"))));
                SegmentFiles alone = open(lone, "lone", ClusterState.getDefaultInstance());
                SegmentUpkeep upkeep = new SegmentUpkeep(alone, told, clock)) {
            told.publish("s", segment);
            upkeep.look();
            assertThat(upkeep.missing()).isEqualTo(1);
            assertThat(alone.store().files()).isEmpty();
        }
    }
}
