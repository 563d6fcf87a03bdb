package io.vectordb.segment.fields;

import static io.vectordb.segment.fields.RandomConditions.compare;
import static io.vectordb.segment.fields.RandomConditions.in;
import static io.vectordb.segment.fields.RandomConditions.prefix;
import static io.vectordb.segment.fields.RandomRows.floating;
import static io.vectordb.segment.fields.RandomRows.integer;
import static io.vectordb.segment.fields.RandomRows.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.v1.Compare;
import io.vectordb.v1.Condition;
import io.vectordb.v1.Conditions;
import io.vectordb.v1.Fields;
import io.vectordb.v1.GeoWithin;
import io.vectordb.v1.Like;
import io.vectordb.v1.Value;
import io.vectordb.vectorindex.OrdinalSet;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FieldIndexTest {

    private static final int MANY = 120_000;

    @TempDir
    private Path folder;

    @Test
    void ordinalsAreDocumentNumbersAfterManyFlushesAndMerges() throws IOException {
        Iterable<Fields> rows = () -> IntStream.range(0, MANY)
                .mapToObj(i -> row(Map.of("n", integer(i), "group", text("g" + i % 7), "id", text("id-" + i))))
                .iterator();
        Map<String, Path> files = TestIndexes.write(folder, 0.5, rows);
        try (FieldIndex index = FieldIndex.open(renamed(files))) {
            assertThat(index.size()).isEqualTo(MANY);
            index.verify();
            assertThat(ordinals(index, compare("n", Compare.Op.GE, integer(100_000))))
                    .isEqualTo(OrdinalSet.matching(MANY, i -> i >= 100_000));
            assertThat(ordinals(index, compare("group", Compare.Op.EQ, text("g3"))))
                    .isEqualTo(OrdinalSet.matching(MANY, i -> i % 7 == 3));
            assertThat(ordinals(index, prefix("id", "id-1190")))
                    .isEqualTo(OrdinalSet.matching(MANY, i -> ("id-" + i).startsWith("id-1190")));
            List<Value> ids = IntStream.range(0, 10_000)
                    .mapToObj(i -> text("id-" + i * 13))
                    .toList();
            assertThat(ordinals(index, in("id", ids)))
                    .isEqualTo(OrdinalSet.matching(MANY, i -> i % 13 == 0 && i < 130_000));
            Condition odd = Condition.newBuilder()
                    .setNegate(compare("group", Compare.Op.EQ, text("g0")))
                    .build();
            Condition both = Condition.newBuilder()
                    .setAll(Conditions.newBuilder()
                            .addConditions(odd)
                            .addConditions(compare("n", Compare.Op.LT, floating(99.5))))
                    .build();
            assertThat(ordinals(index, both)).isEqualTo(OrdinalSet.matching(MANY, i -> i < 100 && i % 7 != 0));
        }
    }

    @Test
    void pathsBeyondThoseThatAreRememberedAreSearchedByTheirTerms() throws IOException {
        List<Fields> rows = new ArrayList<>();
        for (int i = 0; i < PathNode.REMEMBERED + 100; i++) {
            rows.add(row(Map.of("name" + i, integer(i))));
        }
        try (FieldIndex index = TestIndexes.of(folder, rows)) {
            int last = rows.size() - 1;
            assertThat(ordinals(index, compare("name" + last, Compare.Op.GT, integer(5))))
                    .isEqualTo(OrdinalSet.of(last));
            assertThat(ordinals(index, compare("name7", Compare.Op.LE, integer(7))))
                    .isEqualTo(OrdinalSet.of(7));
        }
    }

    @Test
    void namesOfAnyLengthAndTextsOfAnyLengthAreIndexed() throws IOException {
        String name = "n".repeat(100_000);
        String content = "t".repeat(1 << 20);
        try (FieldIndex index = TestIndexes.of(folder, List.of(row(Map.of()), row(Map.of(name, text(content)))))) {
            assertThat(ordinals(index, compare(name, Compare.Op.EQ, text(content))))
                    .isEqualTo(OrdinalSet.of(1));
            assertThat(ordinals(index, compare(name, Compare.Op.EQ, text(content + "t"))))
                    .isEqualTo(OrdinalSet.of());
        }
    }

    @Test
    void anIndexWithoutRowsOrValuesAnswers() throws IOException {
        Condition anything = compare("a", Compare.Op.NE, integer(1));
        Condition absent = compare("a", Compare.Op.DISTINCT, integer(1));
        try (FieldIndex none = TestIndexes.of(folder.resolve("none"), List.of())) {
            assertThat(ordinals(none, anything)).isEqualTo(OrdinalSet.of());
            assertThat(none.size()).isZero();
        }
        try (FieldIndex empty = TestIndexes.of(folder.resolve("empty"), List.of(row(Map.of())))) {
            assertThat(ordinals(empty, anything)).isEqualTo(OrdinalSet.of());
            assertThat(ordinals(empty, absent)).isEqualTo(OrdinalSet.of(0));
        }
    }

    @Test
    void patternsOverManyTextsLeaveTheRestToTheCaller() throws IOException {
        List<Fields> rows = IntStream.range(0, 20_000)
                .mapToObj(i -> row(Map.of("few", text("f" + i % 100), "many", text("m" + i))))
                .toList();
        try (FieldIndex index = TestIndexes.of(folder, rows)) {
            OrdinalMatches few = index.match(like("few", "%9"), () -> false);
            assertThat(few.exact()).isTrue();
            assertThat(few.ordinals()).isEqualTo(OrdinalSet.matching(20_000, i -> i % 10 == 9));
            assertThat(index.match(like("many", "%9"), () -> false).exact()).isFalse();
            OrdinalMatches narrow = index.match(like("many", "m77%9"), () -> false);
            assertThat(narrow.exact()).isTrue();
            assertThat(narrow.ordinals()).isEqualTo(OrdinalSet.matching(20_000, i -> ("m" + i).matches("m77.*9")));
        }
    }

    @Test
    void questionsAreCancelled() throws IOException {
        try (FieldIndex index = TestIndexes.of(folder, List.of(row(Map.of("a", integer(1)))))) {
            assertThatThrownBy(() -> index.match(compare("a", Compare.Op.EQ, integer(1)), () -> true))
                    .isInstanceOfSatisfying(
                            VectorDbException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
        }
    }

    @Test
    void longQuestionsAreCancelledOnTheirWay() throws IOException {
        List<Fields> rows = IntStream.range(0, 20_000)
                .mapToObj(i -> row(Map.of("id", text("id" + i))))
                .toList();
        Condition ids = compare("id", Compare.Op.GT, text(""));
        AtomicInteger asked = new AtomicInteger();
        try (FieldIndex index = TestIndexes.of(folder, rows)) {
            assertThat(index.match(ids, () -> asked.incrementAndGet() < 0).exact())
                    .isTrue();
            assertThat(asked.get()).isGreaterThan(10);
            assertThat(failure(() -> index.match(ids, () -> asked.decrementAndGet() < 5)))
                    .isEqualTo(ErrorCode.CANCELLED);
        }
    }

    @Test
    void manyThreadsAskAtOnce() throws Exception {
        List<Fields> rows = IntStream.range(0, 5_000)
                .mapToObj(i -> row(Map.of("n", integer(i), "group", text("g" + i % 7))))
                .toList();
        try (FieldIndex index = TestIndexes.of(folder, rows);
                ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Callable<OrdinalSet>> questions = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                Value bound = integer(i);
                questions.add(() -> ordinals(index, compare("n", Compare.Op.LT, bound)));
            }
            List<Future<OrdinalSet>> answers = threads.invokeAll(questions);
            for (int i = 0; i < answers.size(); i++) {
                int bound = i;
                assertThat(answers.get(i).get()).isEqualTo(OrdinalSet.matching(5_000, n -> n < bound));
            }
        }
    }

    @Test
    void whatThePredicateRefusesIsRefused() throws IOException {
        Condition geo =
                Condition.newBuilder().setGeo(GeoWithin.getDefaultInstance()).build();
        try (FieldIndex index = TestIndexes.of(folder, List.of(row(Map.of("a", integer(1)))))) {
            assertThat(failure(() -> index.match(geo, () -> false))).isEqualTo(ErrorCode.FEATURE_NOT_AVAILABLE);
            assertThat(failure(() -> index.match(Condition.getDefaultInstance(), () -> false)))
                    .isEqualTo(ErrorCode.INVALID_VALUE);
            assertThat(failure(() -> index.match(
                            Condition.newBuilder()
                                    .setLike(Like.newBuilder()
                                            .setField("a")
                                            .setPattern("!")
                                            .setEscape("!"))
                                    .build(),
                            () -> false)))
                    .isEqualTo(ErrorCode.INVALID_VALUE);
        }
    }

    @Test
    void aMissingOrShortenedFileIsAnError() throws IOException {
        List<Fields> rows = IntStream.range(0, 1_000)
                .mapToObj(i -> row(Map.of("a", integer(i), "b", text("b" + i))))
                .toList();
        Map<String, Path> files = TestIndexes.write(folder.resolve("whole"), 16, rows);
        for (String name : files.keySet()) {
            Map<String, Path> fewer = new HashMap<>(files);
            fewer.remove(name);
            assertThat(failure(() -> FieldIndex.open(fewer))).as(name).isEqualTo(ErrorCode.SEGMENT_CORRUPT);

            Map<String, Path> gone = new HashMap<>(files);
            gone.put(name, folder.resolve("gone"));
            assertThat(failure(() -> FieldIndex.open(gone))).as(name).isEqualTo(ErrorCode.SEGMENT_CORRUPT);

            long size = Files.size(files.get(name));
            for (long length : new long[] {0, 1, size / 2, size - 1}) {
                Map<String, Path> damaged = new HashMap<>(files);
                damaged.put(name, shortened(files.get(name), length));
                assertThat(failure(() -> FieldIndex.open(damaged)))
                        .as("%s of %d bytes", name, length)
                        .isEqualTo(ErrorCode.SEGMENT_CORRUPT);
            }
        }
    }

    @Test
    void verifyingFindsAFlippedByte() throws IOException {
        List<Fields> rows = IntStream.range(0, 1_000)
                .mapToObj(i -> row(Map.of("b", text("b" + i))))
                .toList();
        Map<String, Path> files = TestIndexes.write(folder.resolve("whole"), 16, rows);
        Path data = files.get(files.keySet().stream()
                .filter(name -> name.endsWith(".cfs"))
                .findAny()
                .orElseThrow());
        byte[] bytes = Files.readAllBytes(data);
        bytes[bytes.length / 2] ^= 1;
        Files.write(data, bytes);
        assertThat(failure(() -> {
                    try (FieldIndex index = FieldIndex.open(files)) {
                        index.verify();
                    }
                }))
                .isEqualTo(ErrorCode.SEGMENT_CORRUPT);
    }

    private Path shortened(Path file, long length) throws IOException {
        Path copy = Files.createTempFile(folder, "short", "");
        Files.write(copy, Files.readAllBytes(file));
        try (FileChannel channel = FileChannel.open(copy, StandardOpenOption.WRITE)) {
            channel.truncate(length);
        }
        return copy;
    }

    /** The same files under other names, each in a folder of its own. */
    private Map<String, Path> renamed(Map<String, Path> files) throws IOException {
        Map<String, Path> renamed = new HashMap<>();
        for (Map.Entry<String, Path> file : files.entrySet()) {
            Path other = Files.createDirectories(folder.resolve("disk" + renamed.size()))
                    .resolve("%08x.segment".formatted(file.getKey().hashCode()));
            renamed.put(file.getKey(), Files.move(file.getValue(), other));
        }
        return renamed;
    }

    private static OrdinalSet ordinals(FieldIndex index, Condition condition) {
        OrdinalMatches matches = index.match(condition, () -> false);
        assertThat(matches.exact()).isTrue();
        return matches.ordinals();
    }

    private static ErrorCode failure(Runnable action) {
        try {
            action.run();
        } catch (VectorDbException e) {
            return e.code();
        }
        throw new AssertionError("nothing failed");
    }

    private static Condition like(String field, String pattern) {
        return Condition.newBuilder()
                .setLike(Like.newBuilder().setField(field).setPattern(pattern))
                .build();
    }

    private static Fields row(Map<String, Value> values) {
        return Fields.newBuilder().putAllValues(values).build();
    }
}
