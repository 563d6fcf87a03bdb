package io.vectordb.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectordb.v1.Condition;
import io.vectordb.v1.Fields;
import io.vectordb.v1.Value;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RowPredicateTest {

    private static final Fields FILING = Fixtures.row(
            "id", Fixtures.text("0000320193-24-000123#7"),
            "form", Fixtures.text("10-K"),
            "company", Fixtures.text("Apple Inc."),
            "accession", Fixtures.text("0000320193-24-000123"),
            "cik", Fixtures.text("0000320193"),
            "fiscal_year", Fixtures.integer(2024),
            "value", Fixtures.decimal("391035000000.000000"),
            "score", Fixtures.floating(0.1),
            "flag", Values.of(true),
            "filed", Values.date("2024-11-01"),
            "seen", Fixtures.timestamp(1_727_517_600, 123_456_000),
            "section", Values.NULL,
            "tags", Fixtures.list(Fixtures.text("guidance"), Fixtures.text("risk")),
            "years", Fixtures.list(Fixtures.integer(2023), Fixtures.integer(2024)),
            "items",
                    Fixtures.list(
                            Fixtures.object(Fixtures.row(
                                    "unit", Fixtures.text("USD"), "tags", Fixtures.list(Fixtures.text("x")))),
                            Fixtures.object(Fixtures.row(
                                    "unit", Fixtures.text("EUR"), "amount", Fixtures.decimal("1.500000")))),
            "us-gaap:Revenues", Fixtures.object(Fixtures.row("value", Fixtures.floating(3.9e11))),
            "dimensions",
                    Fixtures.object(Fixtures.row(
                            "axis", Fixtures.text("2024-11-01"), "n", Fixtures.integer(12), "deep", Values.NULL)));

    private static boolean passes(String filter, Fields row, Parameters parameters) {
        Condition condition = FilterResolver.resolve(Fixtures.DYNAMIC, filter, null, parameters)
                .condition()
                .orElseThrow();
        return RowPredicate.compile(condition).test(row);
    }

    private static boolean passes(String filter) {
        return passes(filter, FILING, Parameters.NONE);
    }

    @Test
    void truthTablesAreThoseOfSql() {
        Fields row = Fixtures.row("t", Values.of(true), "f", Values.of(false));
        Map<String, Integer> truth = Map.of("t", Logic.TRUE, "f", Logic.FALSE, "u", Logic.UNKNOWN);
        List<String> and = List.of("ttt", "tff", "tuu", "ftf", "fff", "fuf", "utu", "uff", "uuu");
        List<String> or = List.of("ttt", "tft", "tut", "ftt", "fff", "fuu", "utt", "ufu", "uuu");
        List<String> not = List.of("tf", "ft", "uu");
        and.forEach(line -> assertThat(eval(line.charAt(0) + " AND " + line.charAt(1), row))
                .as(line)
                .isEqualTo(truth.get(line.substring(2))));
        or.forEach(line -> assertThat(eval(line.charAt(0) + " OR " + line.charAt(1), row))
                .as(line)
                .isEqualTo(truth.get(line.substring(2))));
        not.forEach(line ->
                assertThat(eval("NOT " + line.charAt(0), row)).as(line).isEqualTo(truth.get(line.substring(1))));
        assertThat(eval("t IS TRUE AND f IS NOT TRUE AND u IS NOT TRUE AND u IS NOT FALSE", row))
                .isEqualTo(Logic.TRUE);
    }

    private static int eval(String filter, Fields row) {
        return RowPredicate.compile(FilterParser.parse(filter, Parameters.NONE)).eval(row);
    }

    @Test
    void examplesOfTheLanguagePass() {
        for (String filter : List.of(
                "form IN ('10-K', '10-K/A') AND filed BETWEEN DATE '2023-01-01' AND DATE '2024-12-31'",
                "company = 'Apple Inc.' AND NOT (fiscal_year = 1 OR section IS NOT NULL)",
                "prefix(accession, '0000320193-24-')",
                "contains_any(tags, ARRAY['guidance', 'litigation'])",
                "contains_all(tags, ARRAY['guidance', 'risk']) AND NOT contains(tags, 'litigation')",
                "'risk' = ANY(tags) AND 2024 = ANY(years)",
                "\"us-gaap:Revenues\".value >= 1e9",
                "value = 391035000000 AND value > 391034999999.999999 AND value < 3.92e11",
                "score = 0.1 AND score < 0.2 AND score >= 0",
                "filed > '2024-10-31' AND filed <= '2024-11-01'",
                "seen > '2024-09-28T10:00:00Z' AND seen < '2024-09-28T12:00:00.2+02:00'",
                "company LIKE 'Apple%' AND company ILIKE '%INC_' AND company NOT LIKE 'apple%'",
                "flag AND flag IS TRUE AND NOT (flag IS FALSE)",
                "section IS NULL AND missing IS NULL AND exists(section) AND NOT exists(missing)",
                "section IS DISTINCT FROM '1A' AND section IS NOT DISTINCT FROM NULL AND form IS DISTINCT FROM NULL",
                "dimensions.axis = '2024-11-01' AND dimensions.axis = DATE '2024-11-01' AND dimensions.n = 12.0",
                "dimensions.n <> '12' AND exists(dimensions.deep) AND NOT exists(dimensions.deeper)",
                "contains(items.unit, 'EUR') AND contains_all(items.unit, ARRAY['EUR', 'USD'])",
                "contains(items.amount, 1.5) AND contains(items.tags, 'x') AND NOT exists(items.other)",
                "fiscal_year < value AND company > form")) {
            assertThat(passes(filter)).as(filter).isTrue();
        }
    }

    @Test
    void unknownPassesNeitherWayRound() {
        for (String filter : List.of(
                "section = '1A'",
                "section <> '1A'",
                "section IN ('1A')",
                "section LIKE '%'",
                "prefix(section, '')",
                "missing BETWEEN 1 AND 2",
                "missing < 5",
                "contains(missing, 1)",
                "dimensions.deep = 5",
                "dimensions.axis < 5",
                "dimensions.n < 'x'",
                "section = company",
                "company < dimensions.n")) {
            assertThat(passes(filter)).as(filter).isFalse();
            assertThat(passes("NOT (" + filter + ")")).as("NOT " + filter).isFalse();
        }
    }

    @Test
    void emptyListsMatchNothing() {
        Parameters empty = Parameters.of(Fixtures.list());
        assertThat(passes("form IN ($1)", FILING, empty)).isFalse();
        assertThat(passes("NOT (form IN ($1))", FILING, empty)).isTrue();
        assertThat(passes("contains_any(tags, $1)", FILING, empty)).isFalse();
        assertThat(passes("contains_all(tags, $1)", FILING, empty)).isTrue();
    }

    @Test
    void nullAmongTheElementsLeavesOpenWhatElseIsThere() {
        Fields row = Fixtures.row("tags", Fixtures.list(Fixtures.text("a"), Values.NULL));
        assertThat(passes("contains(tags, 'a')", row, Parameters.NONE)).isTrue();
        assertThat(passes("contains(tags, 'b')", row, Parameters.NONE)).isFalse();
        assertThat(passes("NOT contains(tags, 'b')", row, Parameters.NONE)).isFalse();
    }

    @Test
    void textIsInTheOrderOfCodePoints() {
        Fields row = Fixtures.row("form", Fixtures.text("\uD83D\uDE00"));
        assertThat(passes("form > '\uFFFD'", row, Parameters.NONE)).isTrue();
        assertThat(passes("form LIKE '_'", row, Parameters.NONE)).isTrue();
        assertThat(passes("form LIKE '__'", row, Parameters.NONE)).isFalse();
    }

    @Test
    void numbersAreComparedExactly() {
        Fields row = Fixtures.row("count", Fixtures.integer((1L << 53) + 1), "score", Fixtures.floating(0x1p53));
        assertThat(passes("count > score AND score < count AND count <> score", row, Parameters.NONE))
                .isTrue();
        assertThat(passes("count = 9007199254740993 AND score = 9007199254740992", row, Parameters.NONE))
                .isTrue();
        assertThat(passes("count = 9007199254740993.0 AND count > 9007199254740992.9", row, Parameters.NONE))
                .isTrue();
        assertThat(passes("count = 9007199254740992e0", row, Parameters.NONE)).isFalse();
    }

    @Test
    void longListsAreLookedUp() {
        Value[] numbers = new Value[65_536];
        Value[] texts = new Value[65_536];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = i % 2 == 0 ? Fixtures.integer(i) : Fixtures.decimal(i + ".0");
            texts[i] = Fixtures.text("t" + i);
        }
        Fields row = Fixtures.row("count", Fixtures.integer(65_535), "form", Fixtures.text("t7"));
        assertThat(passes("count IN ($1)", row, Parameters.of(Fixtures.list(numbers))))
                .isTrue();
        assertThat(passes("form IN ($1)", row, Parameters.of(Fixtures.list(texts))))
                .isTrue();
        assertThat(passes("form NOT IN ($1)", row, Parameters.of(Fixtures.list(texts))))
                .isFalse();
    }

    @Test
    void onlyResolvedConditionsCompile() {
        assertThatThrownBy(() -> RowPredicate.compile(
                        Condition.newBuilder().setExpression("a = 1").build()))
                .hasMessage("not a resolved condition: EXPRESSION");
        assertThatThrownBy(() -> FilterPrinter.print(Condition.getDefaultInstance()))
                .hasMessage("not a resolved condition: KIND_NOT_SET");
    }
}
