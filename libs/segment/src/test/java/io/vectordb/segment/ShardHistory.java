package io.vectordb.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.schema.RecordKeys;
import io.vectordb.v1.Fields;
import io.vectordb.v1.RecordKey;
import io.vectordb.vectorindex.MemoryBudget;
import io.vectordb.vectorindex.Metric;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A shard's log as it might go, and index nodes that follow it, each at its own pace: writes, seals, publications of what
 * they build, merges, restarts from what is published or by reading all records, a feed that is trimmed, vector fields that
 * come. Every view that an index node publishes is compared with a plain map as of its position.
 */
final class ShardHistory {

    private static final int NODES = 2;
    private static final int KEYS = 12;
    private static final int DIMENSION = 2;
    private static final VectorFieldSpec FIRST = TestRecords.spec("v", Metric.L2, DIMENSION);
    private static final VectorFieldSpec SECOND = TestRecords.spec("w", Metric.L2, DIMENSION);

    private final Random random;
    private final Path folder;
    private final MemoryBudget budget = MemoryBudget.unlimited();
    /** The log; its first entry has seq 1. */
    private final List<Entry> log = new ArrayList<>();
    /** The records as of each seq. */
    private final List<TreeMap<RecordKey, Stored>> states = new ArrayList<>(List.of(new TreeMap<>(RecordKeys.ORDER)));

    private final List<Published> published = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private long sealedSeq;
    private long feedFloor;
    private boolean secondField;
    private int files;
    /** How often each kind of step did what it is for, to see that histories are not empty. */
    final Map<String, Integer> done = new HashMap<>();

    private sealed interface Entry {
        record Write(Map<RecordKey, Optional<Fields>> changes) implements Entry {}

        record Seal() implements Entry {}

        record Publish() implements Entry {}
    }

    private record Stored(long seq, Fields fields) {}

    private record Published(long fromSeq, long toSeq, long exactFromSeq, Path folder) {}

    /** What a node builds, while the log goes on. */
    private record Building(ShardIndex.Build build, List<Published> seen) {}

    private final class Node {
        private ShardIndex index = new ShardIndex(specs(), budget);
        private long position;
        private @Nullable Building building;
        /** Publications that it has not taken over yet. */
        private List<Published> known = List.of();

        /** Reads on in the feed; begins anew when the feed does not go back so far. */
        void follow(int most) {
            if (position < feedFloor) {
                restart();
                return;
            }
            long end = Math.min(log.size(), position + most);
            while (position < end) {
                switch (log.get((int) position)) {
                    case Entry.Write(var changes) -> {
                        long seq = position + 1;
                        changes.forEach((key, fields) -> index.apply(seq, key, fields.orElse(null)));
                    }
                    case Entry.Seal() -> index.seal(position + 1);
                    case Entry.Publish() -> {}
                }
                position++;
            }
            takeOver();
            show();
        }

        /** As the follower does: what cannot be fitted in means to begin anew. */
        private void takeOver() {
            for (Published each : published) {
                if (known.contains(each) || each.exactFromSeq() > position) {
                    continue;
                }
                if (index.replace(open(each), position)) {
                    count("taken over");
                    known = Stream.concat(known.stream(), Stream.of(each)).toList();
                } else if (isInMemoryWithin(each)) {
                    count("begun anew");
                    restart();
                    return;
                }
            }
        }

        /** Whether there is something that the published segment would relieve it of. */
        private boolean isInMemoryWithin(Published each) {
            return index.growingFromSeq() < each.toSeq()
                    || index.sealed().stream().anyMatch(part -> part.inMemory() && part.fromSeq() < each.toSeq());
        }

        void restart() {
            building = null;
            boolean fromFeed =
                    published.isEmpty() ? feedFloor == 0 : published.getLast().toSeq() >= feedFloor;
            if (fromFeed && random.nextInt(6) != 0) {
                index = new ShardIndex(
                        specs(),
                        budget,
                        published.stream().map(ShardHistory.this::open).toList());
                position = index.growingFromSeq();
                known = List.copyOf(published);
                count("restarted from files");
            } else {
                index = new ShardIndex(specs(), budget);
                position = feedFloor + (log.size() == feedFloor ? 0 : random.nextInt((int) (log.size() - feedFloor)));
                states.get((int) position).forEach((key, stored) -> index.apply(stored.seq(), key, stored.fields()));
                known = List.copyOf(published);
                count("restarted by reading all");
            }
            // A view is published only from where it is exact.
            while (position < index.exactFromSeq()) {
                if (log.get((int) position) instanceof Entry.Write(var changes)) {
                    long seq = position + 1;
                    changes.forEach((key, fields) -> index.apply(seq, key, fields.orElse(null)));
                } else if (log.get((int) position) instanceof Entry.Seal) {
                    index.seal(position + 1);
                }
                position++;
            }
            show();
        }

        void show() {
            index.publish(position);
            check(index.view());
        }

        void beginBuild() {
            if (building != null || position < index.exactFromSeq()) {
                return;
            }
            List<ShardIndex.Sealed> sealed = index.sealed();
            if (sealed.isEmpty()) {
                return;
            }
            int from = random.nextInt(sealed.size());
            int to = from + random.nextInt(sealed.size() - from);
            ShardIndex.Build build =
                    index.build(sealed.get(from).fromSeq(), sealed.get(to).toSeq());
            if (build != null && isAdmitted(build)) {
                building = new Building(build, List.copyOf(published));
            }
        }

        void endBuild() {
            Building ended = building;
            building = null;
            if (ended == null || !ended.seen().equals(published) || !isAdmitted(ended.build())) {
                return;
            }
            Path target = folder.resolve("segment-" + files++);
            try {
                Files.createDirectories(target);
                ended.build().write(target, () -> false);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            publish(ended.build(), target);
        }
    }

    ShardHistory(Random random, Path folder) {
        this.random = random;
        this.folder = folder;
        for (int i = 0; i < NODES; i++) {
            nodes.add(new Node());
        }
    }

    private List<VectorFieldSpec> specs() {
        return secondField ? List.of(FIRST, SECOND) : List.of(FIRST);
    }

    void run(int steps) {
        for (int i = 0; i < steps; i++) {
            Node node = nodes.get(random.nextInt(NODES));
            switch (random.nextInt(20)) {
                case 0, 1, 2, 3, 4, 5, 6 -> write();
                case 7, 8, 9, 10 -> node.follow(1 + random.nextInt(6));
                case 11, 12 -> node.follow(Integer.MAX_VALUE);
                case 13 -> seal();
                case 14, 15 -> node.beginBuild();
                case 16, 17 -> node.endBuild();
                case 18 -> other(node);
                default -> node.show();
            }
        }
        nodes.forEach(node -> node.follow(Integer.MAX_VALUE));
    }

    private void other(Node node) {
        switch (random.nextInt(4)) {
            case 0, 1 -> node.restart();
            case 2 -> trim();
            default -> addField();
        }
    }

    private void addField() {
        if (!secondField) {
            secondField = true;
            nodes.forEach(node -> node.index.setFields(specs(), node.position));
            count("field added");
        }
    }

    private void write() {
        long seq = log.size() + 1;
        Map<RecordKey, Optional<Fields>> changes = new HashMap<>();
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            RecordKey key = TestRecords.key(random.nextInt(KEYS));
            changes.put(key, random.nextInt(3) == 0 ? Optional.empty() : Optional.of(fields()));
        }
        append(new Entry.Write(changes));
        changes.forEach((key, fields) -> fields.ifPresentOrElse(
                value -> states.getLast().put(key, new Stored(seq, value)),
                () -> states.getLast().remove(key)));
    }

    private Fields fields() {
        Fields.Builder fields = Fields.newBuilder().putValues("n", TestRecords.number(random.nextInt(100)));
        for (VectorFieldSpec spec : specs()) {
            if (random.nextInt(4) != 0) {
                fields.putValues(spec.name(), TestRecords.vector(random.nextInt(5), random.nextInt(5)));
            }
        }
        return fields.build();
    }

    private void append(Entry entry) {
        log.add(entry);
        states.add(new TreeMap<>(states.getLast()));
    }

    private void seal() {
        append(new Entry.Seal());
        sealedSeq = log.size();
    }

    private void trim() {
        long most = published.isEmpty() || random.nextInt(3) == 0
                ? log.size()
                : published.getLast().toSeq();
        feedFloor = Math.max(feedFloor, most);
        count("trimmed");
    }

    /** The rules of the log. */
    private boolean isAdmitted(ShardIndex.Build build) {
        boolean begins = build.fromSeq() == 0 || published.stream().anyMatch(each -> each.toSeq() == build.fromSeq());
        boolean ends = build.toSeq() == sealedSeq || published.stream().anyMatch(each -> each.toSeq() == build.toSeq());
        boolean exact = published.stream()
                .filter(each -> each.fromSeq() >= build.fromSeq() && each.toSeq() <= build.toSeq())
                .allMatch(each -> each.exactFromSeq() <= build.exactFromSeq());
        return begins && ends && exact;
    }

    private void publish(ShardIndex.Build build, Path target) {
        boolean merges =
                published.stream().anyMatch(each -> each.fromSeq() < build.toSeq() && each.toSeq() > build.fromSeq());
        published.removeIf(each -> each.fromSeq() >= build.fromSeq() && each.toSeq() <= build.toSeq());
        published.add(new Published(build.fromSeq(), build.toSeq(), build.exactFromSeq(), target));
        published.sort(Comparator.comparingLong(Published::fromSeq));
        if (build.toSeq() == sealedSeq) {
            sealedSeq = 0;
        }
        append(new Entry.Publish());
        count(merges ? "merged" : "published");
    }

    private SealedSegment open(Published each) {
        try (Stream<Path> list = Files.list(each.folder())) {
            Map<String, Path> byName = new HashMap<>();
            list.forEach(file ->
                    byName.put(Objects.requireNonNull(file.getFileName()).toString(), file));
            SealedSegment segment = SealedSegment.open(byName, budget, () -> {});
            assertThat(segment.fromSeq()).isEqualTo(each.fromSeq());
            assertThat(segment.toSeq()).isEqualTo(each.toSeq());
            return segment;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void check(SegmentView view) {
        TreeMap<RecordKey, Stored> expected = states.get((int) view.watermark());
        List<SegmentHit> all = view.first(KEYS + 1, Optional.empty(), TestRecords.NEVER);
        assertThat(all.stream().map(SegmentHit::key)).containsExactlyElementsOf(expected.keySet());
        assertThat(view.records()).isEqualTo(expected.size());
        for (SegmentHit hit : all) {
            Stored stored = Objects.requireNonNull(expected.get(hit.key()));
            assertThat(hit.seq()).isEqualTo(stored.seq());
        }
        checkFilter(view, expected);
        checkSearch(view, expected, "v");
        if (view.hasField("w")) {
            checkSearch(view, expected, "w");
        }
        count(view.segments() > 2 ? "views of several segments" : "views");
    }

    private void checkFilter(SegmentView view, TreeMap<RecordKey, Stored> expected) {
        int limit = random.nextInt(110);
        assertThat(view.count(Optional.of(TestRecords.below(limit)), TestRecords.NEVER))
                .isEqualTo(expected.values().stream()
                        .filter(stored -> n(stored.fields()) < limit)
                        .count());
    }

    private void checkSearch(SegmentView view, TreeMap<RecordKey, Stored> expected, String field) {
        float[] query = {random.nextInt(5), random.nextInt(5)};
        int limit = random.nextInt(110);
        int k = 1 + random.nextInt(KEYS);
        List<RecordKey> nearest = expected.entrySet().stream()
                .filter(entry -> n(entry.getValue().fields()) < limit
                        && entry.getValue().fields().containsValues(field))
                .sorted(Comparator.<Map.Entry<RecordKey, Stored>>comparingDouble(
                                entry -> distance(entry.getValue().fields(), field, query))
                        .thenComparing(Map.Entry::getKey, RecordKeys.ORDER))
                .map(Map.Entry::getKey)
                .limit(k)
                .toList();
        List<SegmentHit> hits = view.search(
                new VectorQuery(field, query, k, 20, true), Optional.of(TestRecords.below(limit)), TestRecords.NEVER);
        assertThat(hits.stream().map(SegmentHit::key)).containsExactlyElementsOf(nearest);
        hits.forEach(hit -> assertThat(view.fields(hit, List.of("v", "w")).getValuesOrThrow(field))
                .isEqualTo(
                        Objects.requireNonNull(expected.get(hit.key())).fields().getValuesOrThrow(field)));
    }

    private static long n(Fields fields) {
        return fields.getValuesOrThrow("n").getIntValue();
    }

    private static double distance(Fields fields, String field, float[] query) {
        float[] vector = VectorBytes.decode(
                fields.getValuesOrThrow(field).getVectorValue().getFloat32Le());
        return Math.hypot(vector[0] - query[0], vector[1] - query[1]);
    }

    private void count(String what) {
        done.merge(what, 1, Integer::sum);
    }
}
