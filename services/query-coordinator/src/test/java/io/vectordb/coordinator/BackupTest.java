package io.vectordb.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.backup.BlobId;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.testkit.Seeds;
import io.vectordb.v1.Backup;
import io.vectordb.v1.CancelOperationRequest;
import io.vectordb.v1.Consistency;
import io.vectordb.v1.CreateBackupRequest;
import io.vectordb.v1.DeleteBackupRequest;
import io.vectordb.v1.DeleteCollectionRequest;
import io.vectordb.v1.Fields;
import io.vectordb.v1.GetCollectionRequest;
import io.vectordb.v1.GetOperationRequest;
import io.vectordb.v1.Hit;
import io.vectordb.v1.ListBackupsRequest;
import io.vectordb.v1.ListOperationsRequest;
import io.vectordb.v1.Operation;
import io.vectordb.v1.Record;
import io.vectordb.v1.RestoreBackupRequest;
import io.vectordb.v1.ScrollRequest;
import io.vectordb.v1.ScrollResponse;
import io.vectordb.v1.ShardSeq;
import io.vectordb.v1.VerifyBackupRequest;
import io.vectordb.v1.WriteOp;
import io.vectordb.v1.WriteResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Collections are backed up and come back as they were, here and elsewhere, now and as of an earlier position. */
class BackupTest {

    private final SplittableRandom random = Seeds.splittable(BackupTest.class);

    @TempDir
    Path folder;

    /** Writes at random and notes what comes out. */
    private final class Workload {
        private final TestDatabase database;
        private final String collection;
        private final Map<String, Long> contents = new TreeMap<>();
        private final Map<Long, Map<String, Long>> bySeq = new TreeMap<>();

        Workload(TestDatabase database, String collection) {
            this.database = database;
            this.collection = collection;
        }

        void step() {
            List<WriteOp> ops = new ArrayList<>();
            Map<String, Long> keys = new HashMap<>();
            for (int i = 0; i < 5; i++) {
                String key = "k" + random.nextInt(60);
                if (keys.put(key, 0L) == null) {
                    ops.add(op(key));
                }
            }
            WriteResponse response = database.records().write(Requests.write(collection, ops.toArray(WriteOp[]::new)));
            assertThat(response.getFailed()).isZero();
            for (ShardSeq shard : response.getShardsList()) {
                bySeq.put(shard.getSeq(), new TreeMap<>(contents));
            }
        }

        private WriteOp op(String key) {
            if (random.nextInt(4) == 0) {
                contents.remove(key);
                return Requests.delete(key);
            }
            long n = random.nextInt(1_000_000);
            contents.put(key, n);
            float[] vector = {random.nextInt(100) + 1, random.nextInt(100), random.nextInt(100)};
            return Requests.upsert("id", key, "n", n, "v", vector, "extra" + random.nextInt(3), text());
        }
    }

    /** That no compression makes small. */
    private String text() {
        byte[] bytes = new byte[1_000];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static Operation run(TestDatabase database, Operation started) {
        Operation now = started;
        while (now.getState() == Operation.State.QUEUED || now.getState() == Operation.State.RUNNING) {
            now = database.operations()
                    .getOperation(GetOperationRequest.newBuilder()
                            .setOperation(started.getId())
                            .setWait(true)
                            .build());
        }
        return now;
    }

    private static Fields succeed(TestDatabase database, Operation started) {
        Operation end = run(database, started);
        assertThat(end.getState()).as(end.toString()).isEqualTo(Operation.State.SUCCEEDED);
        return end.getResult();
    }

    private static String fail(TestDatabase database, ErrorCode code, Operation started) {
        Operation end = run(database, started);
        assertThat(end.getError().getCode()).as(end.toString()).isEqualTo(code.name());
        return end.getError().getMessage();
    }

    private static Fields backUp(TestDatabase database, String collection) {
        return succeed(
                database,
                database.admin()
                        .createBackup(CreateBackupRequest.newBuilder()
                                .setCollection(collection)
                                .build()));
    }

    private static String id(Fields result) {
        return result.getValuesOrThrow("backup").getStringValue();
    }

    private static long number(Fields result, String name) {
        return result.getValuesOrThrow(name).getIntValue();
    }

    private static Operation restore(TestDatabase database, String backup, String into, ShardSeq... positions) {
        return database.admin()
                .restoreBackup(RestoreBackupRequest.newBuilder()
                        .setBackup(backup)
                        .setInto(into)
                        .addAllPosition(List.of(positions))
                        .build());
    }

    private static void drop(TestDatabase database, String collection) {
        database.collections()
                .deleteCollection(DeleteCollectionRequest.newBuilder()
                        .setCollection(collection)
                        .build());
    }

    /** All records with their times, which a restore keeps. */
    private static Map<String, Fields> scroll(TestDatabase database, String collection) {
        Map<String, Fields> all = new TreeMap<>();
        String cursor = "";
        do {
            ScrollResponse page = database.search()
                    .scroll(ScrollRequest.newBuilder()
                            .setCollection(collection)
                            .setLimit(50)
                            .setCursor(cursor)
                            .build());
            for (Record record : page.getRecordsList()) {
                all.put(record.getKey().getStringKey(), record.getFields());
            }
            cursor = page.getNextCursor();
        } while (!cursor.isEmpty());
        return all;
    }

    private static Map<String, Long> numbers(TestDatabase database, String collection) {
        Map<String, Long> numbers = new TreeMap<>();
        scroll(database, collection)
                .forEach((key, fields) ->
                        numbers.put(key, fields.getValuesOrThrow("n").getIntValue()));
        return numbers;
    }

    private static List<String> hits(TestDatabase database, String collection) {
        return database
                .search()
                .search(Requests.search(collection, 10, 1, 2, 3)
                        .setConsistency(Consistency.newBuilder().setLevel(Consistency.Level.STRONG))
                        .build())
                .getHitsList()
                .stream()
                .map(Hit::getKey)
                .map(key -> key.getStringKey())
                .toList();
    }

    @Test
    void aDroppedCollectionComesBackWithItsSchemaAndAnswersAsBefore() {
        try (TestDatabase database = new TestDatabase(folder)) {
            String name = database.collection(3);
            Workload load = new Workload(database, name);
            for (int i = 0; i < 60; i++) {
                load.step();
            }
            Map<String, Fields> before = scroll(database, name);
            List<String> hits = hits(database, name);
            var schema = database.collections()
                    .getCollection(GetCollectionRequest.newBuilder()
                            .setCollection(name)
                            .build());
            Fields backup = backUp(database, name);
            assertThat(number(backup, "records")).isEqualTo(before.size());
            drop(database, name);
            assertThat(number(succeed(database, restore(database, id(backup), "")), "records"))
                    .isEqualTo(before.size());
            assertThat(scroll(database, name)).isEqualTo(before);
            assertThat(hits(database, name)).isEqualTo(hits);
            var restored = database.collections()
                    .getCollection(GetCollectionRequest.newBuilder()
                            .setCollection(name)
                            .build());
            assertThat(restored.getSchema()).isEqualTo(schema.getSchema());
            assertThat(restored.getSchemaVersion()).isEqualTo(schema.getSchemaVersion());
            assertThat(restored.getSettings()).isEqualTo(schema.getSettings());
            assertThat(restored.getUid()).isNotEqualTo(schema.getUid());
            load.step();
            assertThat(numbers(database, name)).isEqualTo(load.contents);
        }
    }

    @Test
    void everyPositionOfTheFeedCanBeRestored() {
        try (TestDatabase database = new TestDatabase(folder)) {
            String name = database.collection(1);
            Workload load = new Workload(database, name);
            for (int i = 0; i < 40; i++) {
                load.step();
            }
            String backup = id(backUp(database, name));
            List<Long> seqs = new ArrayList<>(load.bySeq.keySet());
            for (int i = 0; i < 4; i++) {
                long seq = seqs.get(random.nextInt(seqs.size()));
                String into = "past" + i;
                succeed(database, restore(database, backup, into, position(name, seq)));
                assertThat(numbers(database, into)).isEqualTo(load.bySeq.get(seq));
            }
            String message = fail(
                    database,
                    ErrorCode.INVALID_VALUE,
                    restore(database, backup, "future", position(name, seqs.getLast() + 1)));
            assertThat(message).contains("expected 0 to " + seqs.getLast());
            ShardSeq unknown = ShardSeq.newBuilder().setShard("none").setSeq(1).build();
            fail(database, ErrorCode.INVALID_VALUE, restore(database, backup, "future", unknown));
        }
    }

    private static ShardSeq position(String collection, long seq) {
        return ShardSeq.newBuilder().setShard(collection + "-0").setSeq(seq).build();
    }

    @Test
    void anotherClusterRestoresWhatTheFirstBackedUp() {
        Path backups = folder.resolve("shared");
        String name;
        String backup;
        Map<String, Fields> expected;
        try (TestDatabase first = new TestDatabase(folder.resolve("first"), backups)) {
            name = first.collection(2);
            Workload load = new Workload(first, name);
            for (int i = 0; i < 30; i++) {
                load.step();
            }
            expected = scroll(first, name);
            backup = id(backUp(first, name));
        }
        try (TestDatabase second = new TestDatabase(folder.resolve("second"), backups)) {
            succeed(second, restore(second, backup, ""));
            assertThat(scroll(second, name)).isEqualTo(expected);
        }
    }

    @Test
    void aSecondBackupWritesOnlyWhatIsNew() {
        try (TestDatabase database = new TestDatabase(folder)) {
            String name = database.collection(1);
            Workload load = new Workload(database, name);
            for (int i = 0; i < 100; i++) {
                load.step();
            }
            Fields first = backUp(database, name);
            load.step();
            Fields second = backUp(database, name);
            Fields third = settled(database, name);
            assertThat(number(first, "new_bytes")).isEqualTo(number(first, "bytes"));
            assertThat(number(third, "new_bytes")).isLessThan(number(second, "bytes") / 4);
            assertThat(third.getValuesOrThrow("hash")).isEqualTo(second.getValuesOrThrow("hash"));
            List<Backup> listed = list(database);
            assertThat(listed).extracting(Backup::getId).contains(id(first), id(second), id(third));
            // What the others need stays.
            succeed(database, delete(database, id(first)));
            succeed(database, verify(database, id(third)));
            succeed(database, restore(database, id(third), "again"));
            assertThat(numbers(database, "again")).isEqualTo(load.contents);
            fail(database, ErrorCode.BACKUP_NOT_FOUND, verify(database, id(first)));
        }
    }

    /** The store may merge its tables after a backup; when it has, little is new. */
    private static Fields settled(TestDatabase database, String collection) {
        Fields last = backUp(database, collection);
        for (int i = 0; i < 5 && number(last, "new_bytes") > number(last, "bytes") / 4; i++) {
            last = backUp(database, collection);
        }
        return last;
    }

    private static List<Backup> list(TestDatabase database) {
        return database.admin()
                .listBackups(ListBackupsRequest.getDefaultInstance())
                .getBackupsList();
    }

    private static Operation verify(TestDatabase database, String backup) {
        return database.admin()
                .verifyBackup(VerifyBackupRequest.newBuilder().setBackup(backup).build());
    }

    private static Operation delete(TestDatabase database, String backup) {
        return database.admin()
                .deleteBackup(DeleteBackupRequest.newBuilder().setBackup(backup).build());
    }

    @Test
    void aFlippedByteFailsTheRestoreAndIsFoundByName() throws IOException {
        try (TestDatabase database = new TestDatabase(folder)) {
            String name = database.collection(1);
            Workload load = new Workload(database, name);
            for (int i = 0; i < 50; i++) {
                load.step();
            }
            String backup = id(backUp(database, name));
            String blob = flipLargest(folder.resolve("backups/default/blobs"));
            assertThat(fail(database, ErrorCode.SEGMENT_CORRUPT, restore(database, backup, "copy")))
                    .contains(blob);
            assertThat(database.context.getBean(Catalog.class).all())
                    .extracting(CollectionHandle::name)
                    .containsExactly(name);
            assertThat(fail(database, ErrorCode.SEGMENT_CORRUPT, verify(database, backup)))
                    .contains(blob);
            // The next backup does not rely on what is damaged.
            String next = id(backUp(database, name));
            succeed(database, verify(database, next));
            succeed(database, restore(database, next, "copy"));
            assertThat(numbers(database, "copy")).isEqualTo(load.contents);
        }
    }

    private static String flipLargest(Path blobs) throws IOException {
        try (Stream<Path> files = Files.walk(blobs)) {
            Path victim = files.filter(Files::isRegularFile)
                    .max(Comparator.comparingLong(file -> file.toFile().length()))
                    .orElseThrow();
            byte[] bytes = Files.readAllBytes(victim);
            bytes[bytes.length / 2] ^= 1;
            Files.write(victim, bytes);
            String name = String.valueOf(victim.getFileName());
            assertThat(BlobId.isOne(name)).isTrue();
            return name;
        }
    }

    @Test
    void wrongRequestsAreRefused() {
        try (TestDatabase database = new TestDatabase(folder)) {
            String name = database.collection(1);
            String backup = id(backUp(database, name));
            fail(database, ErrorCode.COLLECTION_EXISTS, restore(database, backup, ""));
            fail(database, ErrorCode.BACKUP_NOT_FOUND, restore(database, "none", ""));
            fail(database, ErrorCode.BACKUP_NOT_FOUND, delete(database, "../../etc"));
            CreateBackupRequest elsewhere = CreateBackupRequest.newBuilder()
                    .setCollection(name)
                    .setTarget("/etc")
                    .build();
            fail(database, ErrorCode.INVALID_VALUE, database.admin().createBackup(elsewhere));
            CreateBackupRequest unknown =
                    CreateBackupRequest.newBuilder().setCollection("none").build();
            VectorDbException error =
                    TestDatabase.failure(() -> database.admin().createBackup(unknown));
            assertThat(error.code()).isEqualTo(ErrorCode.COLLECTION_NOT_FOUND);
            // An empty collection is one, too.
            succeed(database, restore(database, backup, "empty"));
            assertThat(scroll(database, "empty")).isEmpty();
        }
    }

    @Test
    void aRequestThatIsRepeatedStartsOneOperation() {
        try (TestDatabase database = new TestDatabase(folder)) {
            CreateBackupRequest request = CreateBackupRequest.newBuilder()
                    .setCollection(database.collection(1))
                    .setRequestId("r1")
                    .build();
            Operation first = database.admin().createBackup(request);
            Operation second = database.admin().createBackup(request);
            assertThat(second.getId()).isEqualTo(first.getId());
            succeed(database, first);
            assertThat(list(database)).hasSize(1);
            CreateBackupRequest other = request.toBuilder().setBase("x").build();
            assertThat(TestDatabase.failure(() -> database.admin().createBackup(other))
                            .code())
                    .isEqualTo(ErrorCode.REQUEST_ID_REUSED);
            assertThat(database.operations()
                            .listOperations(ListOperationsRequest.getDefaultInstance())
                            .getOperationsList())
                    .extracting(Operation::getId)
                    .containsExactly(first.getId());
            Operation over = database.operations()
                    .cancelOperation(CancelOperationRequest.newBuilder()
                            .setOperation(first.getId())
                            .build());
            assertThat(over.getState()).isEqualTo(Operation.State.SUCCEEDED);
        }
    }
}
