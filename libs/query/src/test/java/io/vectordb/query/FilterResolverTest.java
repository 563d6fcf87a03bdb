package io.vectordb.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.InvalidProtocolBufferException;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.Position;
import io.vectordb.common.VectorDbException;
import io.vectordb.common.Violation;
import io.vectordb.schema.CollectionSchema;
import io.vectordb.v1.Between;
import io.vectordb.v1.Compare;
import io.vectordb.v1.Condition;
import io.vectordb.v1.Conditions;
import io.vectordb.v1.Contains;
import io.vectordb.v1.FieldPath;
import io.vectordb.v1.InList;
import io.vectordb.v1.Like;
import io.vectordb.v1.Match;
import io.vectordb.v1.SearchRequest;
import io.vectordb.v1.Value;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FilterResolverTest {

    private static ResolvedFilter resolve(CollectionSchema schema, String filter) {
        return FilterResolver.resolve("filings", schema, filter, null, Parameters.NONE);
    }

    private static String canonical(CollectionSchema schema, String filter) {
        return FilterPrinter.print(resolve(schema, filter).condition().orElseThrow());
    }

    private static String canonical(Condition tree) {
        return FilterPrinter.print(FilterResolver.resolve(Fixtures.STRICT, "", tree, Parameters.NONE)
                .condition()
                .orElseThrow());
    }

    private static VectorDbException refusal(Condition tree) {
        VectorDbException thrown = catchThrowableOfType(
                VectorDbException.class,
                () -> FilterResolver.resolve("filings", Fixtures.STRICT, "", tree, Parameters.NONE));
        assertThat(thrown).as(tree.toString()).isNotNull();
        return thrown;
    }

    private static String[] columns(String line) {
        return line.split(" §(?: |$)");
    }

    /** What is written, and what it means. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "FORM = '10-K' § form = '10-K'",
                "\"form\" = '10-K' § form = '10-K'",
                "\"order\" = 'x' § \"order\" = 'x'",
                "\"Case\" = 'x' AND \"CASE\" = 'y' § \"Case\" = 'x' AND \"CASE\" = 'y'",
                "user = 'x' § user = 'x'",
                "filed >= '2023-01-01' § filed >= DATE '2023-01-01'",
                "filed BETWEEN DATE '2023-01-01' AND '2024-12-31' "
                        + "§ filed BETWEEN DATE '2023-01-01' AND DATE '2024-12-31'",
                "filed IN ('2023-01-01') § filed IN (DATE '2023-01-01')",
                "seen > '2024-09-28T10:00:00' § seen > TIMESTAMP '2024-09-28T10:00:00Z'",
                "value = '1.50' § value = 1.50",
                "value > 1e9 § value > 1.0e9",
                "fiscal_year = 2024.0 § fiscal_year = 2024.0",
                "score = 0.1 § score = 0.1e0",
                "score > 9007199254740993 § score > 9007199254740993",
                "flag § flag = TRUE",
                "NOT flag § NOT (flag = TRUE)",
                "flag IS NOT TRUE § flag IS DISTINCT FROM TRUE",
                "low < high § low < high",
                "fiscal_year < value § fiscal_year < value",
                "company = text § company = text",
                "contains(tags, 'x') § contains(tags, 'x')",
                "2024 = ANY(years) § contains(years, 2024)",
                "contains(items.unit, 'USD') § contains(items.unit, 'USD')",
                "contains_any(items.amount, ARRAY['1.50', 2]) § contains_any(items.amount, ARRAY[1.50, 2])",
                "contains(items.tags, 'x') § contains(items.tags, 'x')",
                "\"us-gaap:Revenues\".VALUE >= 1e9 § \"us-gaap:Revenues\".value >= 1.0e9",
                "\"us-gaap:Revenues\".\"As Of\" = '2024-01-01' § \"us-gaap:Revenues\".\"As Of\" = DATE '2024-01-01'",
                "dimensions.axis.Member = 5 § dimensions.axis.Member = 5",
                "dimensions = 'x' § dimensions = 'x'",
                "dimensions.a > DATE '2024-01-01' § dimensions.a > DATE '2024-01-01'",
                "text_vec IS NULL § text_vec IS NULL",
                "exists(text_vec) § exists(text_vec)",
                "tags IS DISTINCT FROM NULL § tags IS DISTINCT FROM NULL",
                "text LIKE '%chip%' § text LIKE '%chip%'",
                "form IN ('10-K') § form IN ('10-K')",
                "form = ANY(ARRAY[]) § FALSE",
            })
    void resolvesNamesAndTypes(String line) {
        String[] columns = columns(line);
        String canonical = canonical(Fixtures.STRICT, columns[0]);
        assertThat(canonical).isEqualTo(columns[1]);
        Condition once = resolve(Fixtures.STRICT, columns[0]).condition().orElseThrow();
        assertThat(FilterResolver.resolve(Fixtures.STRICT, "", once, Parameters.NONE)
                        .condition())
                .contains(once);
        assertThat(resolve(Fixtures.STRICT, canonical).condition()).contains(once);
    }

    /** Text, code, column, length, message after the place, hint. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "form = \"10-K\" § UNKNOWN_FIELD § 8 § 6 § filings has no field 10-K "
                        + "§ text stands in single quotes: '10-K'",
                "fiscal_year = '2024' § TYPE_MISMATCH § 15 § 6 § fiscal_year is int32, '2024' is text § write 2024",
                "fiscal_year = 'x' § TYPE_MISMATCH § 15 § 3 § fiscal_year is int32, 'x' is text §",
                "cik = 320193 § TYPE_MISMATCH § 7 § 6 § cik is keyword, 320193 is an integer § write '320193'",
                "320193 = cik § TYPE_MISMATCH § 1 § 6 § cik is keyword, 320193 is an integer § write '320193'",
                "flag = 'true' § TYPE_MISMATCH § 8 § 6 § flag is bool, 'true' is text § write TRUE",
                "flag = 1 § TYPE_MISMATCH § 8 § 1 § flag is bool, 1 is an integer §",
                "fiscal_year = TRUE § TYPE_MISMATCH § 15 § 4 § fiscal_year is int32, TRUE is bool §",
                "filed > '28.9.2024' § TYPE_MISMATCH § 9 § 11 § '28.9.2024' is not a date "
                        + "§ a date is written 2024-09-28",
                "filed > 2024 § TYPE_MISMATCH § 9 § 4 § filed is date, 2024 is an integer § write DATE '2024-09-28'",
                "seen > DATE '2024-01-02' § TYPE_MISMATCH § 8 § 17 § seen is timestamp, DATE '2024-01-02' is a date "
                        + "§ write TIMESTAMP '2024-01-02T00:00:00Z'",
                "seen > '2024-01-02' § TYPE_MISMATCH § 8 § 12 § '2024-01-02' is not a timestamp "
                        + "§ a timestamp is written 2024-09-28T10:00:00Z",
                "value = 'x' § TYPE_MISMATCH § 9 § 3 § value is decimal(38,6), 'x' is text § write -1234.50",
                "tags = 'x' § TYPE_MISMATCH § 1 § 4 § tags is keyword[], expected one value "
                        + "§ write contains(tags, 'x')",
                "tags LIKE 'x%' § TYPE_MISMATCH § 1 § 4 § tags is keyword[], expected one value "
                        + "§ write contains(tags, 'x%')",
                "items.unit = 'USD' § TYPE_MISMATCH § 1 § 10 § items.unit is keyword[], expected one value "
                        + "§ write contains(items.unit, 'USD')",
                "contains(company, 'Apple') § TYPE_MISMATCH § 10 § 7 § company is keyword, contains() takes an array "
                        + "§ for a part of a text write company LIKE '%Apple%'",
                "contains(fiscal_year, 1) § TYPE_MISMATCH § 10 § 11 "
                        + "§ fiscal_year is int32, contains() takes an array §",
                "contains(tags, 5) § TYPE_MISMATCH § 16 § 1 § tags is keyword[], 5 is an integer § write '5'",
                "contains(items, 'x') § TYPE_MISMATCH § 10 § 5 "
                        + "§ items is object[], whose elements cannot be compared §",
                "flag > TRUE § TYPE_MISMATCH § 1 § 4 § flag is bool: > does not apply to bool § write flag or NOT flag",
                "dimensions > 5 § TYPE_MISMATCH § 1 § 10 § dimensions is json: > does not apply to such values §",
                "text_vec = 5 § TYPE_MISMATCH § 1 § 8 § text_vec is vector(3): only IS NULL and exists() apply §",
                "hq = 5 § TYPE_MISMATCH § 1 § 2 § hq is geo_point: only IS NULL and exists() apply §",
                "\"us-gaap:Revenues\" = 5 § TYPE_MISMATCH § 1 § 18 § \"us-gaap:Revenues\" is object: only IS NULL and "
                        + "exists() apply § compare one of its fields",
                "form § TYPE_MISMATCH § 1 § 4 § form is keyword, expected a condition "
                        + "§ compare it, or write form IS NOT NULL",
                "prefix(fiscal_year, '2') § TYPE_MISMATCH § 8 § 11 § fiscal_year is int32, prefix() takes text §",
                "form = fiscal_year § TYPE_MISMATCH § 8 § 11 § form is keyword, fiscal_year is int32 §",
                "low < tags § TYPE_MISMATCH § 7 § 4 § tags is keyword[], expected one value "
                        + "§ write contains(tags, '…')",
                "foo = 1 § UNKNOWN_FIELD § 1 § 3 § filings has no field foo §",
                "frm = '10-K' § UNKNOWN_FIELD § 1 § 3 § filings has no field frm § did you mean form?",
                "\"FORM\" = 'x' § UNKNOWN_FIELD § 1 § 6 § filings has no field FORM § did you mean form?",
                "\"case\" = 'x' § UNKNOWN_FIELD § 1 § 6 § filings has no field case § did you mean CASE or Case?",
                "form = Apple § UNKNOWN_FIELD § 8 § 5 § filings has no field Apple "
                        + "§ text stands in single quotes: 'Apple'",
                "form.x = 1 § UNKNOWN_FIELD § 1 § 6 § form is keyword and has no field x §",
                "filed > current_date § FEATURE_NOT_AVAILABLE § 9 § 12 § CURRENT_DATE is not available yet §",
                "form LIKE 'a!' ESCAPE '!' § INVALID_VALUE § 11 § 4 "
                        + "§ nothing to escape behind the escape character '!' "
                        + "§ the escape character stands before %, _ or itself",
            })
    void refusesWithPositionAndHint(String line) {
        String[] columns = columns(line);
        VectorDbException refusal =
                catchThrowableOfType(VectorDbException.class, () -> resolve(Fixtures.STRICT, columns[0]));
        assertThat(refusal).as(columns[0]).isNotNull();
        assertThat(refusal).hasMessage("filter, column " + columns[2] + ": " + columns[4]);
        Violation violation = refusal.violations().getFirst();
        assertThat(violation.code()).isEqualTo(ErrorCode.valueOf(columns[1]));
        int column = Integer.parseInt(columns[2]);
        int length = Integer.parseInt(columns[3]);
        assertThat(violation.position()).isEqualTo(new Position(column - 1, 1, column, length));
        assertThat(violation.hint()).isEqualTo(columns.length > 5 ? columns[5] : "");
    }

    @Test
    void unknownNamesOfDynamicCollectionsWarn() {
        ResolvedFilter resolved = resolve(Fixtures.DYNAMIC, "frm = '10-K' AND other.deep > 5 AND items.unt IS NULL");
        assertThat(FilterPrinter.print(resolved.condition().orElseThrow()))
                .isEqualTo("frm = '10-K' AND other.deep > 5 AND items.unt IS NULL");
        assertThat(resolved.warnings())
                .containsExactly(
                        "filings has no field frm, so it is null everywhere; did you mean form?",
                        "filings has no field other, so it is null everywhere",
                        "items declares no field unt; did you mean unit?");
    }

    @Test
    void doubleQuotedTextIsRefusedInDynamicCollectionsToo() {
        assertThatThrownBy(() -> resolve(Fixtures.DYNAMIC, "form = \"10-K\""))
                .hasMessage("filter, column 8: filings has no field 10-K");
    }

    @Test
    void textAndTreeMustBothHold() {
        Condition tree =
                Condition.newBuilder().setExpression("flag OR low = $1").build();
        ResolvedFilter both =
                FilterResolver.resolve(Fixtures.STRICT, "form = 'x'", tree, Parameters.of(Fixtures.integer(3)));
        assertThat(FilterPrinter.print(both.condition().orElseThrow()))
                .isEqualTo("form = 'x' AND (flag = TRUE OR low = 3)");
        assertThat(FilterResolver.resolve(Fixtures.STRICT, "", null, Parameters.NONE)
                        .condition())
                .isEmpty();
        assertThatThrownBy(() -> FilterResolver.resolve(Fixtures.STRICT, "", null, Parameters.of(Fixtures.integer(3))))
                .hasMessage("params.0: the filter does not use $1");
    }

    @Test
    void treesAreNormalised() {
        Conditions none = Conditions.getDefaultInstance();
        assertThat(canonical(Condition.newBuilder().setAll(none).build())).isEqualTo("TRUE");
        assertThat(canonical(Condition.newBuilder().setAny(none).build())).isEqualTo("FALSE");
        Condition compare = compare("us-gaap:Revenues.value", Compare.Op.OP_UNSPECIFIED, Fixtures.decimal("1e2"));
        assertThat(canonical(Condition.newBuilder()
                        .setAny(Conditions.newBuilder().addConditions(compare))
                        .build()))
                .isEqualTo("\"us-gaap:Revenues\".value = 100.0e0");
        assertThat(canonical(compare("order", Compare.Op.EQ, Fixtures.text("x"))))
                .isEqualTo("\"order\" = 'x'");
    }

    @Test
    void faultsOfTreesHaveTheirPath() {
        Condition wrong = compare("fiscal_year", Compare.Op.EQ, Fixtures.text("2024"));
        Condition all = Condition.newBuilder()
                .setAll(Conditions.newBuilder().addConditions(wrong))
                .build();
        VectorDbException refusal =
                refusal(Condition.newBuilder().setNegate(all).build());
        assertThat(refusal)
                .hasMessage("filter_tree.negate.all.conditions.0.compare.value: fiscal_year is int32, '2024' is text");
        assertThat(refusal.violations())
                .containsExactly(new Violation(
                        "filter_tree.negate.all.conditions.0.compare.value",
                        ErrorCode.TYPE_MISMATCH,
                        "fiscal_year is int32, '2024' is text",
                        "write 2024"));
        assertThat(refusal(compare("frm", Compare.Op.EQ, Fixtures.text("x"))))
                .hasMessage("filter_tree.compare.field: filings has no field frm");
        assertThat(refusal(compare("form", Compare.Op.EQ, Values.NULL)))
                .hasMessage("filter_tree.compare.value: a comparison with null is never true");
        assertThat(refusal(compare("form", Compare.Op.EQ, Value.getDefaultInstance())))
                .hasMessage("filter_tree.compare.value: a comparison with null is never true");
        assertThat(refusal(Condition.newBuilder().setExpression("form == 1").build()))
                .hasMessage("filter_tree.expression, column 7: expected a value, found =");
        assertThat(refusal(compare("a..b", Compare.Op.EQ, Fixtures.text("x"))))
                .hasMessage("filter_tree.compare.field: 'a..b' is not a path of names joined by dots");
        assertThat(refusal(compare("score", Compare.Op.LT, Fixtures.floating(Double.NaN))))
                .hasMessage("filter_tree.compare.value: NaN is no value of a filter");
        assertThat(refusal(compare("filed", Compare.Op.LT, Values.date("2024-13-01"))))
                .hasMessage("filter_tree.compare.value: '2024-13-01' is not a date");
        assertThat(refusal(compare("form", Compare.Op.LT, Fixtures.list(Fixtures.text("x")))))
                .hasMessage("filter_tree.compare.value: expected one value, found a list");
    }

    @Test
    void incompleteAndLaterTreesAreRefused() {
        Condition.Builder condition = Condition.newBuilder();
        assertThat(refusal(condition.build())).hasMessage("filter_tree: a condition that says nothing");
        assertThat(refusal(condition
                        .setCompare(Compare.newBuilder().setField("form"))
                        .build()))
                .hasMessage("filter_tree.compare: neither value nor other_field is given");
        Compare both = Compare.newBuilder()
                .setField("form")
                .setValue(Fixtures.text("x"))
                .setOtherField("company")
                .build();
        assertThat(refusal(condition.setCompare(both).build()))
                .hasMessage("filter_tree.compare: both value and other_field are given");
        assertThat(refusal(condition.setMatch(Match.getDefaultInstance()).build()))
                .hasMessage("filter_tree.match: match is not available yet");
        assertThat(refusal(condition
                        .setBetween(Between.newBuilder().setField("low").setHigh(Fixtures.integer(1)))
                        .build()))
                .hasMessage("filter_tree.between.low: a comparison with null is never true");
        assertThat(refusal(condition
                        .setContains(Contains.newBuilder().setField("tags").addValues(Fixtures.integer(1)))
                        .build()))
                .hasMessage("filter_tree.contains.values.0: tags is keyword[], 1 is an integer");
        assertThat(refusal(condition
                        .setLike(Like.newBuilder()
                                .setField("form")
                                .setPattern("a")
                                .setEscape("ab"))
                        .build()))
                .hasMessage("filter_tree.like.pattern: expected one escape character, found 'ab'");
        assertThat(refusal(condition.setExists(FieldPath.getDefaultInstance()).build()))
                .hasMessage("filter_tree.exists.field: '' is not a path of names joined by dots");
        InList long10001 = InList.newBuilder()
                .setField("form")
                .addAllValues(Collections.nCopies(10_001, Fixtures.text("x")))
                .build();
        assertThat(refusal(condition.setInList(long10001).build()))
                .hasMessage("filter_tree.in_list: 10001 values, at most 10000");
    }

    /** Protobuf reads at most 100 messages within each other, and the filter is not alone on its way. */
    @Test
    void treesAreNoDeeperThanProtobufReads() throws InvalidProtocolBufferException {
        Condition leaf = compare("form", Compare.Op.EQ, Fixtures.text("x"));
        Condition tree = leaf;
        for (int depth = 3; depth <= 64; depth += 2) {
            tree = Condition.newBuilder()
                    .setAll(Conditions.newBuilder().addConditions(tree).addConditions(leaf))
                    .build();
        }
        Condition deepest = FilterResolver.resolve(Fixtures.STRICT, "", tree, Parameters.NONE)
                .condition()
                .orElseThrow();
        SearchRequest request =
                SearchRequest.newBuilder().setFilterTree(deepest).build();
        assertThat(SearchRequest.parseFrom(request.toByteArray())).isEqualTo(request);
        Condition deeper = Condition.newBuilder()
                .setNegate(Condition.newBuilder().setNegate(tree))
                .build();
        VectorDbException refusal = refusal(deeper);
        assertThat(refusal.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED);
        assertThat(refusal).hasMessageContaining("nested 65 deep, at most 64");
    }

    @Test
    void nodesOfTextAndTreeCountTogether() {
        String many = "low=1" + " OR low=1".repeat(600);
        Condition tree = Condition.newBuilder().setExpression(many).build();
        assertThatThrownBy(() -> FilterResolver.resolve(Fixtures.STRICT, many, tree, Parameters.NONE))
                .hasMessage("filter_tree.expression: 1025 conditions, at most 1024");
    }

    @Test
    void longListsComeAsParameters() {
        Value[] values = Collections.nCopies(65_536, Fixtures.text("x")).toArray(Value[]::new);
        ResolvedFilter resolved =
                FilterResolver.resolve(Fixtures.STRICT, "form IN ($1)", null, Parameters.of(Fixtures.list(values)));
        assertThat(resolved.condition().orElseThrow().getInList().getValuesCount())
                .isEqualTo(65_536);
        assertThatThrownBy(() -> FilterResolver.resolve(
                        Fixtures.STRICT,
                        "low IN (1, $1)",
                        null,
                        Parameters.of(Fixtures.list(Fixtures.integer(1), Fixtures.text("y")))))
                .hasMessage("filter, column 12: low is int32, 'y' is text");
        assertThatThrownBy(() -> FilterResolver.resolve(
                        Fixtures.STRICT, "low = $1", null, Parameters.of(Fixtures.list(Fixtures.integer(1)))))
                .hasMessage("filter, column 7: expected one value, found a list");
    }

    private static Condition compare(String field, Compare.Op op, Value value) {
        return Condition.newBuilder()
                .setCompare(Compare.newBuilder().setField(field).setOp(op).setValue(value))
                .build();
    }
}
