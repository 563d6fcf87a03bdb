package io.vectordb.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.testkit.Seeds;
import io.vectordb.v1.CountRequest;
import io.vectordb.v1.SearchRequest;
import io.vectordb.v1.WriteOp;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Counts, lists and exact searches with filters over four shards, against a loop over a map. */
class FilterRandomizedTest {

    private static final int RECORDS = 400;

    private record Row(
            String id, @Nullable Integer n, @Nullable String grp, float @Nullable [] v) {}

    private record Filter(String text, Predicate<Row> passes) {}

    private final TestDatabase database = TestDatabase.shared();
    private final Map<String, Row> model = new TreeMap<>();

    @Test
    void filtersPassWhatTheySayOverAllShards() {
        Random random = Seeds.random(FilterRandomizedTest.class);
        String c = database.collection(4);
        for (int round = 0; round < 3; round++) {
            change(c, random);
            for (Filter filter : filters(random)) {
                check(c, filter, random);
            }
        }
    }

    private void change(String c, Random random) {
        List<WriteOp> ops = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            String id = "k" + random.nextInt(RECORDS);
            if (random.nextInt(6) == 0) {
                ops.add(Requests.delete(id));
                model.remove(id);
                continue;
            }
            Row row = new Row(
                    id,
                    random.nextInt(4) == 0 ? null : random.nextInt(20),
                    random.nextInt(4) == 0 ? null : "g" + random.nextInt(3),
                    random.nextInt(4) == 0 ? null : new float[] {random.nextInt(3), random.nextInt(3), 1});
            model.put(id, row);
            ops.add(upsert(row));
        }
        assertThat(database.records()
                        .write(Requests.write(c, ops.toArray(WriteOp[]::new)))
                        .getFailed())
                .isZero();
    }

    private static WriteOp upsert(Row row) {
        List<@Nullable Object> fields = new ArrayList<>(List.of("id", row.id()));
        if (row.n() != null) {
            fields.addAll(List.of("n", row.n()));
        }
        if (row.grp() != null) {
            fields.addAll(List.of("grp", row.grp()));
        }
        if (row.v() != null) {
            fields.addAll(List.of("v", row.v()));
        }
        return Requests.upsert(fields.toArray());
    }

    private static List<Filter> filters(Random random) {
        int a = random.nextInt(20);
        int b = a + random.nextInt(6);
        return List.of(
                new Filter("", row -> true),
                new Filter("n < " + a, row -> row.n() != null && row.n() < a),
                new Filter("NOT n < " + a, row -> row.n() != null && row.n() >= a),
                new Filter("n BETWEEN " + a + " AND " + b, row -> row.n() != null && row.n() >= a && row.n() <= b),
                new Filter("n IS NULL", row -> row.n() == null),
                new Filter(
                        "grp IN ('g0', 'g2')",
                        row -> row.grp() != null && !row.grp().equals("g1")),
                new Filter("grp = 'g1' AND n = " + a, row -> "g1".equals(row.grp()) && row.n() != null && row.n() == a),
                new Filter("grp = 'g1' OR n = " + a, row -> "g1".equals(row.grp()) || row.n() != null && row.n() == a),
                new Filter("id = 'k" + a + "'", row -> row.id().equals("k" + a)),
                new Filter("n > 1000", row -> false));
    }

    private void check(String c, Filter filter, Random random) {
        List<Row> passing = model.values().stream().filter(filter.passes()).toList();
        CountRequest count = CountRequest.newBuilder()
                .setCollection(c)
                .setFilter(filter.text())
                .build();
        assertThat(database.search().count(count).getCount()).as(filter.text()).isEqualTo(passing.size());
        int k = random.nextInt(60);
        assertThat(keys(Requests.list(c, k).setFilter(filter.text())))
                .as(filter.text())
                .isEqualTo(passing.stream().map(Row::id).limit(k).toList());
        float[] query = {random.nextInt(3), random.nextInt(3), 1};
        assertThat(keys(Requests.search(c, k, query).setFilter(filter.text())))
                .as(filter.text())
                .isEqualTo(passing.stream()
                        .filter(row -> row.v() != null)
                        .sorted(Comparator.comparingDouble((Row row) -> distance(row.v(), query))
                                .thenComparing(Row::id))
                        .map(Row::id)
                        .limit(k)
                        .toList());
    }

    private static double distance(float @Nullable [] v, float[] query) {
        double squares = 0;
        for (int i = 0; v != null && i < query.length; i++) {
            squares += Math.pow((double) v[i] - query[i], 2);
        }
        return squares;
    }

    private List<String> keys(SearchRequest.Builder request) {
        return database.search().search(request.build()).getHitsList().stream()
                .map(hit -> hit.getKey().getStringKey())
                .toList();
    }
}
