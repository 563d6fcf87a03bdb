package io.vectordb.coordinator;

import static io.vectordb.coordinator.Requests.fields;
import static io.vectordb.coordinator.Requests.get;
import static io.vectordb.coordinator.Requests.set;
import static io.vectordb.coordinator.Requests.unset;
import static io.vectordb.coordinator.Requests.upsert;
import static io.vectordb.coordinator.Requests.write;
import static io.vectordb.coordinator.TestDatabase.embedded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vectordb.v1.Fields;
import io.vectordb.v1.Hit;
import io.vectordb.v1.Nearest;
import io.vectordb.v1.Query;
import io.vectordb.v1.SearchRequest;
import io.vectordb.v1.Select;
import io.vectordb.v1.WriteOp;
import io.vectordb.v1.WriteResponse;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** With the real model. */
class EmbeddingTest {

    private static final String CHIPS = "Chip supply was constrained.";
    private static final String COURT = "A court dismissed the claim.";

    private final TestDatabase database = TestDatabase.shared();
    private final String notes = database.collection(2, embedded("text", "vec"));

    private List<Hit> search(String text) {
        return database.search()
                .search(SearchRequest.newBuilder()
                        .setCollection(notes)
                        .setQuery(Query.newBuilder()
                                .setNearest(Nearest.newBuilder().setText(text)))
                        .build())
                .getHitsList();
    }

    private Fields whole(String collection, String key) {
        return database.records()
                .get(get(collection, key).toBuilder()
                        .setSelect(Select.newBuilder().addInclude("*").addInclude("vec"))
                        .build())
                .getResults(0)
                .getRecord()
                .getFields();
    }

    private void send(WriteOp... ops) {
        WriteResponse response = database.records().write(write(notes, ops));
        assertThat(response.getFailed()).as(response.toString()).isZero();
    }

    @Test
    void aTextIsFoundByWhatItMeans() {
        send(upsert("id", "a", "text", CHIPS), upsert("id", "b", "text", COURT));
        assertThat(search("a lawsuit").getFirst().getKey().getStringKey()).isEqualTo("b");
        Hit same = search(CHIPS).getFirst();
        assertThat(same.getKey().getStringKey()).isEqualTo("a");
        assertThat(same.getDistance()).isCloseTo(0, within(1e-5));
        // Not named, not given.
        assertThat(same.getFields()).isEqualTo(fields("id", "a", "text", CHIPS));
    }

    @Test
    void aNewTextGetsANewVectorAndATextThatGoesTakesItsVectorAlong() {
        send(upsert("id", "a", "text", CHIPS));
        send(set("a", "text", COURT));
        assertThat(search(COURT).getFirst().getDistance()).isCloseTo(0, within(1e-5));
        send(unset("a", "text"));
        assertThat(search(COURT)).isEmpty();
        assertThat(whole(notes, "a").getValuesMap()).containsOnlyKeys("id");
        send(set("a", "text", CHIPS));
        assertThat(search(CHIPS)).hasSize(1);
        send(set("a", "text", null));
        assertThat(search(CHIPS)).isEmpty();
        send(upsert("id", "a", "text", CHIPS));
        send(upsert("id", "a", "other", 1));
        assertThat(search(CHIPS)).isEmpty();
    }

    @Test
    void aVectorGivenBesideItsTextIsKept() {
        float[] own = new float[384];
        own[7] = 1;
        send(upsert("id", "a", "text", CHIPS, "vec", own));
        assertThat(whole(notes, "a")).isEqualTo(fields("id", "a", "text", CHIPS, "vec", own));
        own[8] = 1;
        send(set("a", "text", COURT, "vec", own));
        assertThat(whole(notes, "a")).isEqualTo(fields("id", "a", "text", COURT, "vec", own));
    }

    @Test
    void aTextThatIsTooLongForItsModelIsRefusedAlone() {
        WriteResponse response = database.records()
                .write(write(
                        notes,
                        upsert("id", "long", "text", "supply ".repeat(2_000)),
                        upsert("id", "a", "text", CHIPS)));
        assertThat(response.getFailed()).isEqualTo(1);
        assertThat(response.getResults(0).getError().getCode()).isEqualTo("TEXT_TOO_LONG");
        assertThat(response.getResults(0).getError().getViolations(0).getPath()).isEqualTo("text");
        assertThat(search(CHIPS)).hasSize(1);
    }

    @Test
    void everyTextOfARecordGetsItsVector() {
        String c = database.collection(
                1, embedded("title", "title_vec"), embedded("text", "vec"), embedded("sub", "sub_vec"));
        WriteOp[] ops = IntStream.range(0, 40)
                .mapToObj(i -> upsert("id", "k" + i, "title", "t", "text", "x", "sub", "s"))
                .toArray(WriteOp[]::new);
        assertThat(database.records().write(write(c, ops)).getFailed()).isZero();
        String[] keys = IntStream.range(0, 40).mapToObj(i -> "k" + i).toArray(String[]::new);
        Select vectors = Select.newBuilder()
                .addAllInclude(List.of("title_vec", "vec", "sub_vec"))
                .build();
        assertThat(database.records()
                        .get(get(c, keys).toBuilder().setSelect(vectors).build())
                        .getResultsList())
                .allMatch(result -> result.getRecord().getFields().getValuesCount() == 3);
    }
}
