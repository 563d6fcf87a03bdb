package io.vectordb.segmentstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.testkit.Seeds;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReaderConcurrencyTest {

    private static final int FILES = 6;
    private static final int READERS = 4;

    @TempDir
    private Path temp;

    @Test
    void readersWritersAndDeletionDoNotDisturbEachOther() throws Exception {
        SplittableRandom seeds = Seeds.splittable(ReaderConcurrencyTest.class);
        List<byte[]> contents = new ArrayList<>();
        for (int i = 0; i < FILES; i++) {
            contents.add(TestStore.bytes(new Random(seeds.nextLong()), 50_000 + i));
        }
        List<ContentHash> hashes = contents.stream().map(ContentHash::of).toList();
        AtomicBoolean stop = new AtomicBoolean();
        AtomicLong reads = new AtomicLong();
        try (TestStore test = TestStore.open(List.of(temp.resolve("a"), temp.resolve("b")));
                ExecutorService threads = Executors.newCachedThreadPool()) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                SplittableRandom random = seeds.split();
                running.add(threads.submit(() -> {
                    while (!stop.get()) {
                        int n = random.nextInt(FILES);
                        readOne(test, hashes.get(n), contents.get(n), reads);
                    }
                }));
            }
            SplittableRandom random = seeds.split();
            running.add(threads.submit(() -> {
                while (!stop.get()) {
                    test.store.put(contents.get(random.nextInt(FILES)));
                }
            }));
            int deleted = 0;
            try {
                long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
                while ((deleted < 50 || reads.get() == 0) && System.nanoTime() < deadline) {
                    test.clock.advance(TestStore.GRACE.plus(Duration.ofMinutes(1)));
                    deleted += test.store.collect(Set.of()).deletedFiles();
                }
            } finally {
                stop.set(true);
            }
            for (Future<?> thread : running) {
                thread.get();
            }
            assertThat(deleted).isGreaterThanOrEqualTo(50);
            assertThat(reads.get()).isPositive();
            assertThat(test.lost).isEmpty();
            assertThat(test.store.statistics().readers()).isZero();
            assertThat(test.store.statistics().mappedFiles()).isZero();
        }
    }

    private static void readOne(TestStore test, ContentHash hash, byte[] content, AtomicLong reads) {
        try (SegmentFile file = test.store.open(hash)) {
            MemorySegment expected = MemorySegment.ofArray(content);
            assertThat(file.memory().mismatch(expected)).isEqualTo(-1);
            assertThat(file.read(100, 40_000)).isEqualTo(java.nio.ByteBuffer.wrap(content, 100, 40_000));
            reads.incrementAndGet();
        } catch (VectorDbException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.SEGMENT_NOT_FOUND);
        }
    }

    /** A copy made at any moment of the work holds everything that was acknowledged before it was begun. */
    @Test
    void aCopyTakenWhileFilesArePutHasWhatWasAcknowledgedBefore() throws IOException {
        Random random = Seeds.random(ReaderConcurrencyTest.class);
        AtomicBoolean stop = new AtomicBoolean();
        List<ContentHash> acknowledged = java.util.Collections.synchronizedList(new ArrayList<>());
        try (TestStore test = TestStore.open(List.of(temp.resolve("x")));
                ExecutorService threads = Executors.newCachedThreadPool()) {
            for (int i = 0; i < 2; i++) {
                Random own = new Random(random.nextLong());
                threads.execute(() -> {
                    while (!stop.get()) {
                        acknowledged.add(test.store.put(TestStore.bytes(own, own.nextInt(100_000))));
                    }
                });
            }
            try {
                for (int i = 0; i < 10; i++) {
                    List<ContentHash> before = List.copyOf(acknowledged);
                    Path copy = temp.resolve("copy-" + i);
                    TestStore.copy(temp.resolve("x"), copy);
                    try (TestStore crashed = TestStore.open(List.of(copy))) {
                        assertThat(crashed.store.missing(Set.copyOf(before))).isEmpty();
                        crashed.store.files().forEach(file -> {
                            try (SegmentFile hold = crashed.store.open(file.hash())) {
                                hold.verify();
                            }
                        });
                    }
                }
            } finally {
                stop.set(true);
            }
        }
    }
}
