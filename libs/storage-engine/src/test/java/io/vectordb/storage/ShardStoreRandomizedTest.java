package io.vectordb.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.vectordb.internal.storage.v1.FeedEntry;
import io.vectordb.internal.storage.v1.KeyInBucket;
import io.vectordb.internal.storage.v1.ScanResponse;
import io.vectordb.internal.storage.v1.ScannedRecord;
import io.vectordb.internal.storage.v1.SegmentsCommand;
import io.vectordb.internal.storage.v1.SegmentsResult;
import io.vectordb.internal.storage.v1.ShardSegments;
import io.vectordb.internal.storage.v1.TailResponse;
import io.vectordb.internal.storage.v1.VersionedRecord;
import io.vectordb.internal.storage.v1.WriteCommand;
import io.vectordb.internal.storage.v1.WriteResponse;
import io.vectordb.storage.ShardModel.Row;
import io.vectordb.testkit.Seeds;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random commands against {@link ShardModel}. */
class ShardStoreRandomizedTest {

    private static final ShardIdentity SHARD = StoreHarness.SHARD;

    private final long seed = Seeds.next(ShardStoreRandomizedTest.class);
    private final SplittableRandom random = new SplittableRandom(seed);
    private final ShardModel model = new ShardModel();
    private final RandomCommands commands = new RandomCommands(random.split());
    private final TreeMap<Long, WriteCommand> log = new TreeMap<>();
    private final Map<Long, WriteResponse> answers = new HashMap<>();
    private final TreeMap<Long, SegmentsCommand> steps = new TreeMap<>();
    private final Map<Long, SegmentsResult> results = new HashMap<>();
    private final List<Long> seals = new ArrayList<>();

    @TempDir
    Path directory;

    private StorageResources shared;
    private int handlesBefore;
    private long index;

    @BeforeEach
    void open() {
        handlesBefore = NativeScope.openHandles();
        shared = new StorageResources(8 << 20, 16 << 20);
    }

    @AfterEach
    void close() {
        shared.close();
        assertThat(NativeScope.openHandles()).isEqualTo(handlesBefore);
    }

    private ShardStore open(Path at) {
        return ShardStore.open(at, SHARD, shared);
    }

    /** Applies the next command to the model and to the store, and compares the answers. */
    private void step(ShardStore store) {
        index += 1 + random.nextInt(2);
        long seq = SHARD.seqAt(index);
        if (random.nextInt(8) == 0) {
            segmentsStep(store, seq);
            return;
        }
        WriteCommand command = commands.next(model, seq);
        log.put(index, command);
        List<String> expected = model.apply(seq, command);
        WriteResponse response = store.apply(1, index, command);
        answers.put(index, response);
        assertThat(response.getUnitsList()).extracting(ShardModel::text).isEqualTo(expected);
    }

    /** The next step of one builder who does everything right. */
    private void segmentsStep(ShardStore store, long seq) {
        ShardSegments now = store.segments();
        long epoch = now.getClaim().getEpoch();
        SegmentsCommand.Builder step;
        if (!now.hasClaim() || random.nextInt(4) == 0) {
            step = Steps.claim("b", 1_000_000);
        } else if (now.getSealedSeq() == 0) {
            step = Steps.seal("b", epoch);
            seals.add(seq);
        } else {
            int kept = random.nextInt(now.getSegmentsCount() + 1);
            long from = kept == 0 ? 0 : now.getSegments(kept - 1).getToSeq();
            step = Steps.publish("b", epoch, now.getGeneration(), Steps.segment(from, now.getSealedSeq()));
        }
        SegmentsCommand command = step.setTimeMicros(index).build();
        SegmentsResult result = store.apply(1, index, command);
        assertThat(result.getRefused()).isEmpty();
        assertThat(result.getSegments()).isEqualTo(store.segments());
        steps.put(index, command);
        results.put(index, result);
    }

    /** What the log has from an index on makes the same of another replica. */
    private void replay(ShardStore replica, long fromIndex) {
        for (long at = fromIndex; at <= index; at++) {
            WriteCommand write = log.get(at);
            SegmentsCommand segments = steps.get(at);
            if (write != null) {
                assertThat(replica.apply(1, at, write)).isEqualTo(answers.get(at));
            } else if (segments != null) {
                assertThat(replica.apply(1, at, segments)).isEqualTo(results.get(at));
            }
        }
    }

    @Test
    void theStoreDoesWhatTheModelDoes() {
        ShardStore store = open(directory);
        for (int i = 0; i < 1_500; i++) {
            step(store);
            int what = random.nextInt(100);
            if (what < 2) {
                store.close();
                store = open(directory);
            } else if (what < 6) {
                store.trimFeed(random.nextInt(400));
            } else if (what < 20) {
                checkPast(store);
            }
            assertThat(store.statistics().liveRecords())
                    .isEqualTo(model.at(Long.MAX_VALUE).size());
        }
        checkAllPast(store);
        checkGet(store);
        checkTail(store);
        store.close();
    }

    private void checkPast(ShardStore store) {
        List<Long> seqs = model.seqs();
        long seq = seqs.get(seqs.size() - 1 - random.nextInt(Math.min(seqs.size(), 50)));
        if (seq != 0 && seq >= store.feedFloor()) {
            assertThat(scan(store, seq)).isEqualTo(model.at(seq));
        }
    }

    private void checkAllPast(ShardStore store) {
        for (long seq : model.seqs()) {
            if (seq != 0 && seq >= store.feedFloor()) {
                assertThat(scan(store, seq)).isEqualTo(model.at(seq));
            }
        }
    }

    private void checkGet(ShardStore store) {
        Map<String, Row> expected = model.at(Long.MAX_VALUE);
        List<KeyInBucket> keys = new ArrayList<>();
        for (String key : expected.keySet()) {
            keys.add(KeyInBucket.newBuilder()
                    .setBucket(RandomCommands.bucket(key))
                    .setKey(Ops.key(key))
                    .build());
        }
        assertThat(store.get(keys).getRecordsList())
                .extracting(ShardStoreRandomizedTest::row)
                .isEqualTo(new ArrayList<>(expected.values()));
    }

    /** From the state as of any seq the feed leads to the state of now, whatever the size of its pages. */
    private void checkTail(ShardStore store) {
        List<Long> seqs = model.seqs();
        for (int i = 0; i < 30; i++) {
            long from = Math.max(store.feedFloor(), seqs.get(random.nextInt(seqs.size())));
            Map<String, Row> state = new TreeMap<>(model.at(from));
            int maxBytes = 1 + random.nextInt(2_000);
            long first = from;
            List<Long> sealed = new ArrayList<>();
            TailResponse answer;
            do {
                answer = store.tail(from, maxBytes);
                assertThat(answer.getGeneration()).isEqualTo(store.segments().getGeneration());
                sealed.addAll(answer.getSealedSeqsList());
                for (FeedEntry entry : answer.getEntriesList()) {
                    String key = entry.getKey().getStringKey();
                    if (entry.hasRecord()) {
                        state.put(key, new Row(entry.getSeq(), entry.getRecord().getFields()));
                    } else {
                        state.remove(key);
                    }
                }
                from = answer.getConfirmedSeq();
                assertThat(state).isEqualTo(model.at(from));
            } while (answer.getEntriesCount() > 0);
            assertThat(from).isEqualTo(store.appliedSeq());
            assertThat(sealed)
                    .isEqualTo(seals.stream().filter(seal -> seal > first).toList());
        }
    }

    private static Row row(VersionedRecord record) {
        return new Row(record.getSeq(), record.getRecord().getFields());
    }

    private Map<String, Row> scan(ShardStore store, long asOf) {
        Map<String, Row> rows = new TreeMap<>();
        scanned(store, asOf, 1 + random.nextInt(20)).forEach(found -> {
            String key = found.getRecord().getKey().getStringKey();
            assertThat(rows.put(key, row(found.getRecord()))).isNull();
        });
        return rows;
    }

    private static List<ScannedRecord> scanned(ShardStore store, long asOf, int pageRecords) {
        List<ScannedRecord> all = new ArrayList<>();
        ByteString after = ByteString.EMPTY;
        do {
            ScanResponse page = store.scan(asOf, after, pageRecords, 1 << 20);
            all.addAll(page.getRecordsList());
            after = page.getNext();
        } while (!after.isEmpty());
        return all;
    }

    @Test
    void replicasThatApplyTheSameLogHoldTheSameBytes(@TempDir Path other) {
        try (ShardStore one = open(directory);
                ShardStore two = open(other)) {
            for (int i = 0; i < 300; i++) {
                step(one);
                if (random.nextInt(10) == 0) {
                    one.trimFeed(random.nextInt(100));
                }
            }
            replay(two, 1);
            assertThat(two.segments()).isEqualTo(one.segments());
            assertThat(two.statistics().requestIdBytes())
                    .isEqualTo(one.statistics().requestIdBytes());
            assertThat(scanned(two, 0, 1_000)).isEqualTo(scanned(one, 0, 1_000));
            long from = one.feedFloor();
            assertThat(two.tail(from, 1 << 30).toByteString())
                    .isEqualTo(one.tail(from, 1 << 30).toByteString());
        }
    }

    @Test
    void whatIsLeftOfACutLogIsAPrefixOfTheEntries(@TempDir Path copies) throws IOException {
        try (ShardStore store = open(directory)) {
            for (int i = 0; i < 12; i++) {
                for (int j = 0; j < 20; j++) {
                    step(store);
                }
                Path copy = copyOf(directory, copies.resolve("copy" + i));
                cutLog(copy);
                try (ShardStore recovered = open(copy)) {
                    checkPrefix(recovered);
                    replay(recovered, recovered.applied().index() + 1);
                    assertThat(recovered.segments()).isEqualTo(store.segments());
                    assertThat(scanned(recovered, 0, 1_000)).isEqualTo(scanned(store, 0, 1_000));
                }
            }
        }
    }

    private void checkPrefix(ShardStore recovered) {
        long seq = recovered.appliedSeq();
        Map<String, Row> expected = model.at(seq);
        assertThat(recovered.statistics().liveRecords()).isEqualTo(expected.size());
        assertThat(scan(recovered, 0)).isEqualTo(expected);
        Map<String, Row> followed = new TreeMap<>();
        for (FeedEntry entry : recovered.tail(0, 1 << 30).getEntriesList()) {
            assertThat(entry.getSeq()).isLessThanOrEqualTo(seq);
            if (entry.hasRecord()) {
                followed.put(
                        entry.getKey().getStringKey(),
                        new Row(entry.getSeq(), entry.getRecord().getFields()));
            } else {
                followed.remove(entry.getKey().getStringKey());
            }
        }
        assertThat(followed).isEqualTo(expected);
    }

    /** Copies the files of an open store, as a crash would leave them. */
    private static Path copyOf(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(from)) {
            for (Path file : files) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
        return to;
    }

    /** Cuts the newest write-ahead log anywhere, as a power cut may. */
    private void cutLog(Path store) throws IOException {
        List<Path> logs = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(store, "*.log")) {
            files.forEach(logs::add);
        }
        Path newest = Collections.max(logs);
        try (FileChannel file = FileChannel.open(newest, StandardOpenOption.WRITE)) {
            file.truncate(random.nextLong(file.size() + 1));
        }
    }

    @Test
    void aKilledProcessLeavesWhatItApplied() throws Exception {
        long applied = 0;
        Process writer = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "--enable-native-access=ALL-UNNAMED",
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledWriter.class.getName(),
                        directory.toString(),
                        Long.toString(seed))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader out = writer.inputReader()) {
            int enough = 200 + random.nextInt(200);
            while (applied < enough) {
                applied = Long.parseLong(Objects.requireNonNull(out.readLine(), "the writer ended"));
            }
            writer.destroyForcibly().waitFor();
        }
        try (ShardStore recovered = open(directory)) {
            assertThat(recovered.applied().index()).isGreaterThanOrEqualTo(applied);
            RandomCommands same = new RandomCommands(new SplittableRandom(seed));
            for (long at = 1; at <= recovered.applied().index(); at++) {
                model.apply(SHARD.seqAt(at), same.next(model, SHARD.seqAt(at)));
            }
            checkPrefix(recovered);
        }
    }

    /** Applies random commands until it is killed, and tells how far it is. */
    static final class KilledWriter {

        private KilledWriter() {}

        public static void main(String[] args) {
            ShardModel model = new ShardModel();
            RandomCommands commands = new RandomCommands(new SplittableRandom(Long.parseLong(args[1])));
            try (StorageResources shared = new StorageResources(8 << 20, 16 << 20);
                    ShardStore store = ShardStore.open(Path.of(args[0]), SHARD, shared)) {
                for (long at = 1; at < 1_000_000; at++) {
                    long seq = SHARD.seqAt(at);
                    WriteCommand command = commands.next(model, seq);
                    model.apply(seq, command);
                    store.apply(1, at, command);
                    System.out.println(at);
                }
            }
        }
    }
}
