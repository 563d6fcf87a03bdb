package io.vectordb.indexnode;

import static io.vectordb.indexnode.FakeStorage.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.internal.storage.v1.ChangeSegmentsRequest;
import io.vectordb.internal.storage.v1.ClaimBuild;
import io.vectordb.internal.storage.v1.PublishedSegment;
import io.vectordb.internal.storage.v1.SealGrowing;
import io.vectordb.segment.SegmentHit;
import io.vectordb.segment.SegmentView;
import io.vectordb.segment.ShardIndex;
import io.vectordb.segment.VectorBytes;
import io.vectordb.segment.VectorQuery;
import io.vectordb.segmentstore.ContentHash;
import io.vectordb.segmentstore.OpenSegment;
import io.vectordb.segmentstore.Segments;
import io.vectordb.testkit.Seeds;
import io.vectordb.v1.Fields;
import io.vectordb.v1.Value;
import io.vectordb.v1.Vector;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublishedSegmentsTest {

    private static final int SEAL_ROWS = 50;
    private static final int KEYS = 200;

    private final Path folder;
    private final FakeStorage storage;
    private final List<TestIndexNode> nodes = new ArrayList<>();
    private final Random random = Seeds.random(PublishedSegmentsTest.class);
    /** What each key has: its vector, which says its n too. */
    private final TreeMap<String, Integer> model = new TreeMap<>();

    PublishedSegmentsTest(@TempDir Path folder) {
        this.folder = folder;
        storage = new FakeStorage(folder.resolve("storage"));
    }

    @AfterEach
    void close() {
        nodes.forEach(TestIndexNode::close);
        storage.close();
    }

    private TestIndexNode start(String id, int sealRows) {
        TestIndexNode node = new TestIndexNode(id, folder.resolve(id), storage, sealRows);
        nodes.add(node);
        node.follower().start();
        return node;
    }

    private void stop(TestIndexNode node) {
        nodes.remove(node);
        node.close();
    }

    private void write(int changes) {
        for (int i = 0; i < changes; i++) {
            int key = random.nextInt(KEYS);
            if (random.nextInt(5) == 0) {
                storage.delete(key);
                model.remove("k" + key);
            } else {
                int n = random.nextInt(1_000);
                storage.put(key, 1, fields(n));
                model.put("k" + key, n);
            }
        }
    }

    private static Fields fields(int n) {
        return Fields.newBuilder()
                .putValues("n", Value.newBuilder().setIntValue(n).build())
                .putValues(
                        "v",
                        Value.newBuilder()
                                .setVectorValue(
                                        Vector.newBuilder().setFloat32Le(VectorBytes.encode(new float[] {n, -n})))
                                .build())
                .build();
    }

    /** The view as of now is what was written. */
    private SegmentView check(TestIndexNode node) throws Exception {
        SegmentView view = node.follower().viewAt(storage.position()).get(20, TimeUnit.SECONDS);
        List<SegmentHit> all = view.first(KEYS + 1, Optional.empty(), () -> false);
        assertThat(all.stream().map(hit -> hit.key().getStringKey()))
                .containsExactlyInAnyOrderElementsOf(model.keySet());
        for (SegmentHit hit : all) {
            assertThat(view.fields(hit, List.of("v")))
                    .isEqualTo(fields(Objects.requireNonNull(model.get(hit.key().getStringKey()))));
        }
        if (!model.isEmpty()) {
            int n = model.firstEntry().getValue();
            List<SegmentHit> nearest =
                    view.search(new VectorQuery("v", new float[] {n, -n}, 1, 20, false), Optional.empty(), () -> false);
            assertThat(nearest.getFirst().distance()).isZero();
        }
        return view;
    }

    private static boolean isInFiles(TestIndexNode node) {
        List<ShardIndex.Sealed> sealed = node.follower().state().sealed();
        return !sealed.isEmpty() && sealed.stream().noneMatch(ShardIndex.Sealed::inMemory);
    }

    @Test
    void whatIsWrittenIsSealedPublishedAndMergedAndIsTheSameAllTheTime() throws Exception {
        TestIndexNode node = start("i1", SEAL_ROWS);
        for (int i = 0; i < 12; i++) {
            write(40);
            check(node);
        }
        await(() -> storage.segments().getGeneration() >= 3);
        await(() -> isInFiles(node)
                && MergePolicy.choose(node.follower().state().sealed(), Long.MAX_VALUE)
                        .isEmpty());
        check(node);
        assertThat(storage.segments().getSegmentsCount()).isLessThan(6);
    }

    @Test
    void aNodeWithoutRoomForRowsWaitsForItsOwnFilesAndGoesOn() throws Exception {
        TestIndexNode node = new TestIndexNode("i1", folder.resolve("i1"), storage, SEAL_ROWS, 1_000);
        nodes.add(node);
        node.follower().start();
        for (int i = 0; i < 6; i++) {
            write(100);
            check(node);
        }
        await(() -> isInFiles(node));
    }

    @Test
    void aNodeWithoutRoomForRowsWaitsForTheFilesOfAnother() throws Exception {
        TestIndexNode full = new TestIndexNode("i2", folder.resolve("i2"), storage, 1_000_000, 1_000);
        nodes.add(full);
        full.builder.close();
        full.follower().start();
        TestIndexNode building = start("i1", SEAL_ROWS);
        for (int i = 0; i < 6; i++) {
            write(100);
            check(full);
        }
        check(building);
    }

    @Test
    void aNodeThatStartsAgainBeginsWithWhatIsPublishedAndReadsNoRecord() throws Exception {
        TestIndexNode first = start("i1", SEAL_ROWS);
        write(120);
        check(first);
        await(() -> isInFiles(first));
        stop(first);
        write(10);
        int scans = storage.scans.get();
        TestIndexNode again = start("i1", 1_000_000);
        check(again);
        assertThat(storage.scans).hasValue(scans);
        assertThat(again.follower().state().sealed()).isNotEmpty();
    }

    @Test
    void aNodeWithoutFilesFetchesThem() throws Exception {
        TestIndexNode builder = start("i1", SEAL_ROWS);
        write(120);
        await(() -> isInFiles(builder));
        int scans = storage.scans.get();
        TestIndexNode fresh = start("i2", 1_000_000);
        check(fresh);
        assertThat(storage.scans).hasValue(scans);
        assertThat(fresh.files.storedBytes()).isPositive();
    }

    @Test
    void aNodeThatOnlyServesTakesOverWhatAnotherOnePublishes() throws Exception {
        TestIndexNode serving = start("i2", 1_000_000);
        TestIndexNode building = start("i1", SEAL_ROWS);
        for (int i = 0; i < 6; i++) {
            write(40);
            check(serving);
        }
        await(() -> isInFiles(serving) && isInFiles(building));
        check(serving);
        check(building);
    }

    @Test
    void twoNodesThatBothBuildDoNotGetIntoEachOthersWay() throws Exception {
        TestIndexNode one = start("i1", SEAL_ROWS);
        TestIndexNode other = start("i2", SEAL_ROWS);
        for (int i = 0; i < 12; i++) {
            write(40);
            check(one);
            check(other);
        }
        await(() -> isInFiles(one) && isInFiles(other));
        check(one);
        check(other);
    }

    @Test
    void damagedFilesOfTheCacheAreFetchedAgain() throws Exception {
        TestIndexNode first = start("i1", SEAL_ROWS);
        write(200);
        await(() -> isInFiles(first));
        stop(first);
        try (Stream<Path> cached = Files.walk(folder.resolve("i1"))) {
            for (Path file : cached.filter(each -> each.getFileName().toString().matches("[0-9a-f]{64}"))
                    .toList()) {
                damage(file);
            }
        }
        int scans = storage.scans.get();
        check(start("i1", 1_000_000));
        assertThat(storage.scans).hasValue(scans);
    }

    /** A bit somewhere, or the end. */
    private void damage(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            if (channel.size() == 0) {
                return;
            }
            if (random.nextInt(3) == 0) {
                channel.truncate(random.nextLong(channel.size()));
                return;
            }
            long at = random.nextLong(channel.size());
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, at);
            one.put(0, (byte) (one.get(0) ^ 1 << random.nextInt(8)));
            channel.write(one.rewind(), at);
        }
    }

    @Test
    void filesThatNobodyHasAnyMoreAreMadeAgainFromTheRecords() throws Exception {
        TestIndexNode first = start("i1", SEAL_ROWS);
        write(120);
        await(() -> isInFiles(first));
        stop(first);
        SegmentCache.clear(folder.resolve("i1"));
        for (PublishedSegment each : storage.segments().getSegmentsList()) {
            try (OpenSegment open = new Segments(storage.files).open(new ContentHash(each.getId()))) {
                for (String name : open.manifest().files().keySet()) {
                    Files.delete(open.file(name).path());
                }
            }
        }
        int scans = storage.scans.get();
        long generation = storage.segments().getGeneration();
        TestIndexNode again = start("i1", SEAL_ROWS);
        check(again);
        assertThat(storage.scans.get()).isGreaterThan(scans);
        await(() -> storage.segments().getGeneration() > generation);
        await(() -> isInFiles(again));
        check(again);
        stop(again);
        int scansBefore = storage.scans.get();
        check(start("i3", 1_000_000));
        assertThat(storage.scans).hasValue(scansBefore);
    }

    @Test
    void whenTheFeedDoesNotGoBackToWhatIsPublishedAllRecordsAreRead() throws Exception {
        TestIndexNode first = start("i1", SEAL_ROWS);
        write(120);
        await(() -> isInFiles(first));
        stop(first);
        write(20);
        storage.trim();
        check(start("i2", SEAL_ROWS));
    }

    @Test
    void aClaimOfADeadBuilderRunsOutAndItsSealIsBuiltByAnother() throws Exception {
        long epoch = storage.change(ChangeSegmentsRequest.newBuilder()
                        .setClaim(ClaimBuild.newBuilder().setBuilder("dead").setTtlMicros(3_600_000_000L))
                        .build())
                .getSegments()
                .getClaim()
                .getEpoch();
        TestIndexNode node = start("i1", SEAL_ROWS);
        write(60);
        check(node);
        long sealed = storage.change(ChangeSegmentsRequest.newBuilder()
                        .setSeal(SealGrowing.newBuilder().setBuilder("dead").setEpoch(epoch))
                        .build())
                .getSegments()
                .getSealedSeq();
        write(30);
        check(node);
        assertThat(node.follower().state().sealed())
                .singleElement()
                .matches(part -> part.inMemory() && part.toSeq() == sealed);
        assertThat(storage.segments().getGeneration()).isZero();
        storage.pass(Duration.ofHours(2));
        await(() -> storage.segments().getGeneration() == 1);
        assertThat(storage.segments().getSegments(0).getToSeq()).isEqualTo(sealed);
        await(() -> isInFiles(node));
        check(node);
    }
}
