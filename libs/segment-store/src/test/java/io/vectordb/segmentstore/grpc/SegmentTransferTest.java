package io.vectordb.segmentstore.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.segments.v1.BeginPutRequest;
import io.vectordb.internal.segments.v1.FetchFileRequest;
import io.vectordb.internal.segments.v1.SegmentServiceGrpc;
import io.vectordb.rpc.GrpcErrors;
import io.vectordb.segmentstore.ContentHash;
import io.vectordb.segmentstore.SegmentFile;
import io.vectordb.segmentstore.Segments;
import io.vectordb.segmentstore.grpc.FaultyNetwork.Kind;
import io.vectordb.testkit.Seeds;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentTransferTest {

    /** Ten chunks and a bit. */
    private static final int SIZE = 10 * Chunks.BYTES + 12_345;

    private final Random random = Seeds.random(SegmentTransferTest.class);
    private final SegmentTransfer transfer =
            new SegmentTransfer(new TransferSettings(Duration.ofSeconds(60), 4, Duration.ofMillis(1)));

    @TempDir
    private Path temp;

    private Node here;
    private Node there;

    @BeforeEach
    void start() throws IOException {
        here = new Node(temp.resolve("here"));
        there = new Node(temp.resolve("there"));
    }

    @AfterEach
    void stop() {
        here.close();
        there.close();
    }

    @Test
    void filesOfAllSizesComeAndGo() {
        for (int size : new int[] {0, 1, Chunks.BYTES - 1, Chunks.BYTES, Chunks.BYTES + 1, SIZE}) {
            byte[] content = content(size);
            ContentHash hash = there.store.put(content);
            transfer.fetch(List.of(there.channel), hash, here.store);
            assertThat(read(here, hash)).isEqualTo(content);

            byte[] other = content(size + 2);
            ContentHash otherHash = here.store.put(other);
            transfer.put(there.channel, otherHash, here.store);
            assertThat(read(there, otherHash)).isEqualTo(other);
        }
        assertThat(here.store.statistics().readers()).isZero();
        awaitNoReaders(there);
    }

    @Test
    void aBrokenFetchGoesOnWhereItBroke() {
        byte[] content = content(SIZE);
        ContentHash hash = there.store.put(content);
        there.network.plan(Kind.BREAK, 3, 2, 0, 4);

        transfer.fetch(List.of(there.channel), hash, here.store);

        assertThat(read(here, hash)).isEqualTo(content);
        assertThat(there.network.streams.get()).isEqualTo(5);
        assertThat(there.network.bytes.get()).isEqualTo(SIZE);
        awaitNoReaders(there);
    }

    @Test
    void aBrokenPutGoesOnWhereItBroke() {
        byte[] content = content(SIZE);
        ContentHash hash = here.store.put(content);
        there.network.plan(Kind.BREAK, 3, 2, 0, 4);

        transfer.put(there.channel, hash, here.store);

        assertThat(read(there, hash)).isEqualTo(content);
        assertThat(there.network.streams.get()).isEqualTo(5);
        assertThat(there.network.bytes.get()).isEqualTo(SIZE);
        assertThat(there.store.statistics().uploads()).isZero();
    }

    @Test
    void aChunkDamagedOnTheWayIsSentAgain() {
        byte[] content = content(SIZE);
        ContentHash hash = there.store.put(content);
        there.network.plan(Kind.FLIP_A_BIT, 5);
        transfer.fetch(List.of(there.channel), hash, here.store);
        assertThat(read(here, hash)).isEqualTo(content);

        byte[] other = content(SIZE);
        ContentHash otherHash = here.store.put(other);
        there.network.plan(Kind.FLIP_A_BIT, 5);
        transfer.put(there.channel, otherHash, here.store);
        assertThat(read(there, otherHash)).isEqualTo(other);
        assertThat(there.network.streams.get()).isEqualTo(4);
    }

    @Test
    void aStreamThatStallsIsBrokenOffAndBegunAgain() {
        SegmentTransfer impatient =
                new SegmentTransfer(new TransferSettings(Duration.ofSeconds(1), 4, Duration.ofMillis(1)));
        byte[] content = content(SIZE);
        ContentHash hash = there.store.put(content);
        there.network.plan(Kind.STALL, 4);
        impatient.fetch(List.of(there.channel), hash, here.store);
        assertThat(read(here, hash)).isEqualTo(content);

        ContentHash otherHash = here.store.put(content(SIZE));
        there.network.plan(Kind.STALL, 4);
        impatient.put(there.channel, otherHash, here.store);
        assertThat(there.store.find(otherHash)).isPresent();
        awaitNoReaders(there);
    }

    @Test
    void aPutToANodeThatWasStartedAgainBeginsAnew() throws Exception {
        byte[] content = content(SIZE);
        ContentHash hash = here.store.put(content);
        there.network.plan(Kind.BREAK, 3);
        // The first attempt ends at the break; then the node forgets the session.
        SegmentTransfer once = new SegmentTransfer(new TransferSettings(Duration.ofSeconds(60), 1, Duration.ZERO));
        assertThatThrownBy(() -> once.put(there.channel, hash, here.store)).isInstanceOf(VectorDbException.class);
        there.restart();

        transfer.put(there.channel, hash, here.store);
        assertThat(read(there, hash)).isEqualTo(content);
    }

    @Test
    void whatOneSourceBeganAnotherEnds() throws IOException {
        try (Node third = new Node(temp.resolve("third"))) {
            byte[] content = content(SIZE);
            ContentHash hash = there.store.put(content);
            third.store.put(content);
            there.network.plan(Kind.BREAK, 4);

            transfer.fetch(List.of(there.channel, third.channel), hash, here.store);

            assertThat(read(here, hash)).isEqualTo(content);
            assertThat(there.network.bytes.get()).isEqualTo(4 * Chunks.BYTES);
            assertThat(third.network.bytes.get()).isEqualTo(SIZE - 4 * Chunks.BYTES);
        }
    }

    @Test
    void aSourceThatFindsItsFileDamagedIsLeftForAnother() throws IOException {
        try (Node third = new Node(temp.resolve("third"))) {
            byte[] content = content(SIZE);
            ContentHash hash = there.store.put(content);
            third.store.put(content);
            damage(there, hash, 5L * Chunks.BYTES + 1);

            transfer.fetch(List.of(there.channel, third.channel), hash, here.store);

            assertThat(read(here, hash)).isEqualTo(content);
            assertThat(there.lost)
                    .singleElement()
                    .satisfies(lost -> assertThat(lost.hash()).isEqualTo(hash));
            transfer.fetch(List.of(third.channel), hash, there.store);
            assertThat(read(there, hash)).isEqualTo(content);
        }
    }

    @Test
    void aFileThatNobodyHasIsNotFoundAndLeavesNothing() throws IOException {
        try (Node third = new Node(temp.resolve("third"))) {
            ContentHash hash = ContentHash.of(content(10));
            failsWith(
                    ErrorCode.SEGMENT_NOT_FOUND,
                    () -> transfer.fetch(List.of(there.channel, third.channel), hash, here.store));
            assertThat(here.store.statistics().uploads()).isZero();
        }
    }

    @Test
    void aNodeThatKeepsFailingIsGivenUp() {
        ContentHash hash = there.store.put(content(SIZE));
        there.network.plan(Kind.BREAK, 2, 0, 0, 0, 0, 0, 0);
        failsWith(ErrorCode.SHARD_UNAVAILABLE, () -> transfer.fetch(List.of(there.channel), hash, here.store));
        assertThat(there.network.streams.get()).isEqualTo(4);
        assertThat(here.store.statistics().uploads()).isZero();
        awaitNoReaders(there);
    }

    @Test
    void aDamagedFileIsNotPutElsewhere() {
        ContentHash hash = here.store.put(content(SIZE));
        damage(here, hash, 5L * Chunks.BYTES + 1);
        failsWith(ErrorCode.SEGMENT_CORRUPT, () -> transfer.put(there.channel, hash, here.store));
        assertThat(there.store.find(hash)).isEmpty();
        assertThat(here.lost).hasSize(1);
    }

    @Test
    void aSegmentComesWithAllItsFilesAndItsManifestLast() throws IOException {
        Path folder = Files.createDirectory(temp.resolve("segment"));
        for (int i = 0; i < 4; i++) {
            Files.write(folder.resolve("file" + i), content(i * 300_000));
        }
        ContentHash segment = new Segments(there.store).put(folder);
        there.network.plan(Kind.BREAK, 1, 1, 1);
        transfer.fetchSegment(List.of(there.channel), segment, here.store);
        transfer.fetchSegment(List.of(there.channel), segment, here.store);
        try (var open = new Segments(here.store).open(segment)) {
            open.verify();
            assertThat(open.file("file3").memory().toArray(ValueLayout.JAVA_BYTE))
                    .isEqualTo(Files.readAllBytes(folder.resolve("file3")));
        }
        try (Node third = new Node(temp.resolve("third"))) {
            transfer.putSegment(third.channel, segment, here.store);
            assertThat(new Segments(third.store).missing(segment)).isEmpty();
        }
    }

    @Test
    void aFetchMayBeginAnywhereAndEndEarly() throws Exception {
        byte[] content = content(SIZE);
        ContentHash hash = there.store.put(content);
        var call = SegmentServiceGrpc.newBlockingV2Stub(there.channel)
                .fetchFile(FetchFileRequest.newBuilder()
                        .setHash(hash.hex())
                        .setOffset(100_001)
                        .setLength(77)
                        .build());
        var chunk = call.read();
        assertThat(chunk).isNotNull();
        assertThat(chunk.getOffset()).isEqualTo(100_001);
        assertThat(Chunks.content(chunk)).isEqualTo(java.nio.ByteBuffer.wrap(content, 100_001, 77));
        assertThat(call.read()).isNull();
    }

    @Test
    void offsetsBehindTheEndAndWrongHashesAreRefused() {
        ContentHash hash = there.store.put(content(10));
        failsWith(ErrorCode.INVALID_VALUE, () -> fetchOnce(hash.hex(), 11));
        failsWith(ErrorCode.INVALID_VALUE, () -> fetchOnce(hash.hex(), -1));
        failsWith(ErrorCode.INVALID_VALUE, () -> fetchOnce("../../etc/passwd", 0));
        failsWith(ErrorCode.INVALID_VALUE, () -> beginOnce(hash.hex(), -1));
        failsWith(
                ErrorCode.DISK_FULL, () -> beginOnce(ContentHash.of(content(7)).hex(), 1L << 41));
        failsWith(
                ErrorCode.DISK_FULL, () -> beginOnce(ContentHash.of(content(7)).hex(), 1L << 40));
        assertThat(there.store.statistics().readers()).isZero();
    }

    @Test
    void aClientThatDoesNotReadHoldsNoThreadAndBuffersLittle() throws Exception {
        ContentHash hash = there.store.put(content(SIZE));
        var slow = SegmentServiceGrpc.newBlockingV2Stub(there.channel)
                .fetchFile(FetchFileRequest.newBuilder().setHash(hash.hex()).build());
        for (int i = 0; i < 4; i++) {
            transfer.fetch(List.of(there.channel), there.store.put(content(100_000)), here.store);
        }
        // The slow one alone: those of the others end a little later than they do for the client.
        awaitReaders(there, 1);
        assertThat(there.network.bytes.get()).isLessThan(400_000 + 4L * Chunks.BYTES);
        slow.cancel("enough", null);
        awaitNoReaders(there);
    }

    @Test
    void aFullPoolRefusesAndLeavesNothingOpen() throws IOException {
        try (Node busy = new Node(temp.resolve("busy"), task -> {
            throw new RejectedExecutionException("full");
        })) {
            ContentHash hash = busy.store.put(content(100));
            failsWith(ErrorCode.OVERLOADED, () -> transfer.fetch(List.of(busy.channel), hash, here.store));
            ContentHash other = here.store.put(content(101));
            failsWith(ErrorCode.OVERLOADED, () -> transfer.put(busy.channel, other, here.store));
            assertThat(busy.store.statistics().readers()).isZero();
        }
    }

    private void fetchOnce(String hash, long offset) {
        try {
            SegmentServiceGrpc.newBlockingV2Stub(there.channel)
                    .fetchFile(FetchFileRequest.newBuilder()
                            .setHash(hash)
                            .setOffset(offset)
                            .build())
                    .read(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw GrpcErrors.fromThrowable(e);
        }
    }

    private void beginOnce(String hash, long size) {
        try {
            SegmentServiceGrpc.newBlockingV2Stub(there.channel)
                    .beginPut(BeginPutRequest.newBuilder()
                            .setHash(hash)
                            .setSizeBytes(size)
                            .build());
        } catch (Exception e) {
            throw GrpcErrors.fromThrowable(e);
        }
    }

    private byte[] content(int size) {
        byte[] content = new byte[size];
        random.nextBytes(content);
        return content;
    }

    private static byte[] read(Node node, ContentHash hash) {
        try (SegmentFile file = node.store.open(hash)) {
            file.verify();
            return file.memory().toArray(ValueLayout.JAVA_BYTE);
        }
    }

    private static void damage(Node node, ContentHash hash, long offset) {
        try (SegmentFile file = node.store.open(hash);
                FileChannel channel =
                        FileChannel.open(file.path(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            java.nio.ByteBuffer one = java.nio.ByteBuffer.allocate(1);
            channel.read(one, offset);
            one.put(0, (byte) (one.get(0) ^ 16)).rewind();
            channel.write(one, offset);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** A call that was cancelled ends on the server a little later. */
    private static void awaitNoReaders(Node node) {
        awaitReaders(node, 0);
    }

    private static void awaitReaders(Node node, int readers) {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (node.store.statistics().readers() != readers) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static void failsWith(ErrorCode code, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        VectorDbException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
