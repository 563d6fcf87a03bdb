package io.vectordb.segmentstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.testkit.Seeds;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random histories against a map: puts whole and torn, crashes, bit flips, cuts, deletions, readers that stay, scrubbing.
 * Whatever happens, the store gives the bytes of a hash or refuses, and has what it has acknowledged until it was told that
 * it may go or its damage was reported.
 */
class SegmentStoreRandomizedTest {

    private static final int HISTORIES = Integer.getInteger("test.histories", 25);
    private static final int STEPS = 120;
    /** Leaves one for puts as a whole. */
    private static final int MAX_UPLOADS = 7;

    private final Random random = Seeds.random(SegmentStoreRandomizedTest.class);

    @TempDir(factory = MemoryFolder.class)
    private Path temp;

    private List<Path> folders = List.of();
    private TestStore test;
    private int copies;
    /** What was acknowledged and may not be gone. */
    private final Map<ContentHash, byte[]> model = new TreeMap<>();
    /** Files of the model that were damaged behind the back of the store. */
    private final Set<ContentHash> damaged = new HashSet<>();

    private final Map<ContentHash, Long> lastPut = new HashMap<>();
    private final Map<SegmentFile, byte[]> holds = new HashMap<>();
    private final Map<Upload, byte[]> uploads = new HashMap<>();

    @Test
    void theStoreHasWhatTheModelHas() throws IOException {
        for (int history = 0; history < HISTORIES; history++) {
            if (history > 0) {
                start(history);
            }
            for (int step = 0; step < STEPS; step++) {
                step();
            }
            scrubEverything();
            check();
            letGo();
            test.close();
        }
    }

    @BeforeEach
    void startFirst() {
        start(0);
    }

    private void start(int history) {
        folders = List.of(temp.resolve(history + "/a"), temp.resolve(history + "/b"), temp.resolve(history + "/c"));
        test = TestStore.open(folders);
        model.clear();
        damaged.clear();
        lastPut.clear();
        uploads.clear();
    }

    private void step() throws IOException {
        switch (random.nextInt(18)) {
            case 0, 1, 2 -> putWhole(content());
            case 3 -> putAgain();
            case 4, 5 -> begin();
            case 6, 7, 8 -> goOn();
            case 9 -> commitOtherContent();
            case 10 -> damage();
            case 11 -> hold();
            case 12 -> readSome();
            case 13 -> test.clock.advance(Duration.ofMinutes(random.nextInt(50)));
            case 14 -> collect();
            case 15 -> reopen();
            case 16 -> crash();
            case 17 -> scrubSome();
            default -> throw new AssertionError();
        }
        check();
    }

    private byte[] content() {
        int size = random.nextInt(4) == 0 ? random.nextInt(10) : random.nextInt(200_000);
        return TestStore.bytes(random, size);
    }

    private void putWhole(byte[] content) {
        acknowledged(test.store.put(content), content);
    }

    private void acknowledged(ContentHash hash, byte[] content) {
        model.put(hash, content);
        lastPut.merge(hash, test.clock.millis(), Math::max);
    }

    private void putAgain() {
        ContentHash hash = anyOf(model.keySet());
        if (hash != null) {
            byte[] content = model.get(hash);
            putWhole(content == null ? new byte[0] : content);
        }
    }

    private void begin() {
        if (uploads.size() < MAX_UPLOADS) {
            byte[] content = content();
            Upload upload = test.store.begin(ContentHash.of(content), content.length);
            if (upload.isComplete()) {
                acknowledged(upload.hash(), content);
            } else {
                uploads.put(upload, content);
            }
        }
    }

    private void goOn() {
        Upload upload = anyOf(uploads.keySet());
        if (upload == null) {
            return;
        }
        byte[] content = uploads.getOrDefault(upload, new byte[0]);
        int at = (int) upload.offset();
        int length = Math.min(content.length - at, random.nextInt(120_000));
        upload.write(at, ByteBuffer.wrap(content, at, length));
        if (upload.offset() == content.length) {
            upload.commit();
            uploads.remove(upload);
            acknowledged(upload.hash(), content);
        } else if (random.nextInt(6) == 0) {
            upload.abort();
            uploads.remove(upload);
        }
    }

    private void commitOtherContent() {
        byte[] content = TestStore.bytes(random, 1 + random.nextInt(1000));
        Upload upload = test.store.begin(ContentHash.of(content), content.length);
        content[random.nextInt(content.length)] ^= 1;
        upload.write(0, ByteBuffer.wrap(content));
        assertThatThrownBy(upload::commit).isInstanceOf(VectorDbException.class);
        assertThat(test.store.find(upload.hash())).isEmpty();
    }

    private void damage() {
        ContentHash hash = anyOf(model.keySet());
        byte[] content = hash == null ? null : model.get(hash);
        if (hash == null || content == null || content.length == 0 || damaged.contains(hash)) {
            return;
        }
        Path path = test.pathOf(hash);
        switch (random.nextInt(3)) {
            case 0 -> TestStore.truncate(path, random.nextInt(content.length));
            case 1 -> TestStore.flipBit(path, random.nextLong(8L * content.length));
            default -> {
                // The sums are only a help: the content is what counts.
                Path sums = Path.of(path + BlockSums.SUFFIX);
                TestStore.flipBit(sums, random.nextLong(8 * sums.toFile().length()));
                return;
            }
        }
        damaged.add(hash);
    }

    private void hold() {
        ContentHash hash = anyOf(model.keySet());
        byte[] content = hash == null ? null : model.get(hash);
        if (hash != null && content != null && !damaged.contains(hash) && holds.size() < 5) {
            SegmentFile file = test.store.open(hash);
            assertThat(file.memory().byteSize()).isEqualTo(content.length);
            holds.put(file, content);
        } else {
            letGo();
        }
    }

    private void letGo() {
        holds.forEach((file, content) -> {
            if (!damaged.contains(file.hash()) && !file.isLost()) {
                assertThat(file.memory().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(content);
            }
            file.close();
        });
        holds.clear();
    }

    private void readSome() {
        ContentHash hash = anyOf(model.keySet());
        byte[] content = hash == null ? null : model.get(hash);
        if (hash == null || content == null) {
            return;
        }
        int from = random.nextInt(content.length + 1);
        int length = Math.min(content.length - from, random.nextInt(100_000));
        try (SegmentFile file = test.store.open(hash)) {
            assertThat(file.read(from, length)).isEqualTo(ByteBuffer.wrap(content, from, length));
        } catch (VectorDbException e) {
            foundDamaged(hash, e);
        }
    }

    private void foundDamaged(ContentHash hash, VectorDbException e) {
        assertThat(e.code()).isEqualTo(ErrorCode.SEGMENT_CORRUPT);
        assertThat(damaged).contains(hash);
        assertThat(test.store.find(hash)).isEmpty();
        assertThat(test.lost).anyMatch(lost -> lost.hash().equals(hash));
        damaged.remove(hash);
        model.remove(hash);
        lastPut.remove(hash);
    }

    private void collect() {
        Set<ContentHash> live = new HashSet<>();
        model.keySet().stream().filter(hash -> random.nextBoolean()).forEach(live::add);
        Set<ContentHash> held = new HashSet<>();
        holds.keySet().stream().filter(file -> !file.isLost()).forEach(file -> held.add(file.hash()));
        long before = test.clock.millis() - TestStore.GRACE.toMillis();
        test.store.collect(live);
        model.keySet()
                .removeIf(hash ->
                        !live.contains(hash) && !held.contains(hash) && lastPut.getOrDefault(hash, 0L) <= before);
        damaged.retainAll(model.keySet());
        lastPut.keySet().retainAll(model.keySet());
    }

    private void reopen() {
        letGo();
        test.close();
        uploads.clear();
        openAgain();
    }

    /** Goes on with a copy of what is on the disks, without having closed anything. */
    private void crash() throws IOException {
        letGo();
        List<Path> copied = new ArrayList<>();
        for (Path folder : folders) {
            Path copy = folder.resolveSibling("copy-" + copies++);
            TestStore.copy(folder, copy);
            copied.add(copy);
        }
        test.close();
        uploads.clear();
        folders = copied;
        leaveTornState();
        openAgain();
        assertThat(folders)
                .allSatisfy(folder ->
                        assertThat(folder.resolve("segments/temporary")).isEmptyDirectory());
    }

    /** What a power cut could leave of a put that was never acknowledged. */
    private void leaveTornState() throws IOException {
        Path files = folders.get(random.nextInt(folders.size())).resolve("segments/files");
        byte[] content = TestStore.bytes(random, 1000);
        ContentHash hash = ContentHash.of(content);
        switch (random.nextInt(4)) {
            case 0 -> Files.write(files.resolve(hash.hex() + BlockSums.SUFFIX), new byte[random.nextInt(100)]);
            case 1 -> Files.write(files.resolve(hash.hex()), java.util.Arrays.copyOf(content, random.nextInt(1000)));
            case 2 -> {
                Files.write(files.resolve(hash.hex()), content);
                acknowledged(hash, content);
                lastPut.put(
                        hash,
                        Files.getLastModifiedTime(files.resolve(hash.hex())).toMillis());
            }
            default -> {
                // Nothing torn this time.
            }
        }
    }

    private void openAgain() {
        test = TestStore.open(folders, test.clock);
        for (LostFile lost : test.lost) {
            if (model.containsKey(lost.hash())) {
                assertThat(damaged).contains(lost.hash());
                damaged.remove(lost.hash());
                model.remove(lost.hash());
                lastPut.remove(lost.hash());
            }
        }
    }

    private void scrubSome() {
        int before = test.lost.size();
        try (Scrubber scrubber = scrubber()) {
            for (int i = random.nextInt(10); i > 0; i--) {
                scrubber.step();
            }
        }
        forgetLost(before);
    }

    private void scrubEverything() {
        int before = test.lost.size();
        for (int i = 0; i < 2; i++) {
            try (Scrubber scrubber = scrubber()) {
                while (scrubber.step() > 0) {
                    // Until every disk has come to its end.
                }
                long passes = scrubber.statistics().getFirst().passes();
                assertThat(passes).isPositive();
            }
            test.clock.advance(Duration.ofDays(1));
        }
        forgetLost(before);
        assertThat(damaged).isEmpty();
    }

    private Scrubber scrubber() {
        return new Scrubber(test.store, new ScrubSettings(1, Duration.ofMinutes(1), test.clock));
    }

    private void forgetLost(int before) {
        for (LostFile lost : List.copyOf(test.lost).subList(before, test.lost.size())) {
            assertThat(damaged).contains(lost.hash());
            damaged.remove(lost.hash());
            model.remove(lost.hash());
            lastPut.remove(lost.hash());
        }
    }

    private void check() {
        assertThat(test.store.files().stream().map(FileInfo::hash).toList()).containsExactlyElementsOf(model.keySet());
        ContentHash hash = anyOf(model.keySet());
        if (hash != null && !damaged.contains(hash)) {
            assertThat(test.read(hash)).isEqualTo(model.get(hash));
        }
    }

    private <T> @Nullable T anyOf(Set<T> all) {
        return all.isEmpty() ? null : List.copyOf(all).get(random.nextInt(all.size()));
    }
}
