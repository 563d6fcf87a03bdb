package io.vectordb.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.Position;
import io.vectordb.common.VectorDbException;
import io.vectordb.common.Violation;
import io.vectordb.v1.Condition;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FilterParserTest {

    private static VectorDbException refusal(String filter) {
        VectorDbException thrown =
                catchThrowableOfType(VectorDbException.class, () -> FilterParser.parse(filter, Parameters.NONE));
        assertThat(thrown).as(filter).isNotNull();
        return thrown;
    }

    private static String[] columns(String line) {
        return line.split(" §(?: |$)");
    }

    /** What is written, and how the printer writes it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "form = '10-K' § form = '10-K'",
                "form!='10-K' § form <> '10-K'",
                "5 < x § x > 5",
                "5 <= x § x >= 5",
                "'a' = form § form = 'a'",
                "a = b § a = b",
                "a < b § a < b",
                "a = 1 and b = 2 or c = 3 § a = 1 AND b = 2 OR c = 3",
                "a = 1 AND (b = 2 OR c = 3) § a = 1 AND (b = 2 OR c = 3)",
                "a = 1 AND (b = 2 AND c = 3) § a = 1 AND (b = 2 AND c = 3)",
                "((a = 1)) § a = 1",
                "(a) = ((1)) § a = 1",
                "not a = 1 § NOT (a = 1)",
                "NOT NOT flag § NOT NOT (flag = TRUE)",
                "NOT flag AND other § NOT (flag = TRUE) AND other = TRUE",
                "flag § flag = TRUE",
                "TRUE § TRUE",
                "false OR a = 1 § FALSE OR a = 1",
                "form IN ('10-K', '10-K/A') § form IN ('10-K', '10-K/A')",
                "form NOT IN ('10-K') § form NOT IN ('10-K')",
                "NOT form IN ('10-K') § form NOT IN ('10-K')",
                "x IN (a, 1) § x = a OR x = 1",
                "5 IN (low, high) § low = 5 OR high = 5",
                "x BETWEEN 1 AND 2 AND y = 3 § x BETWEEN 1 AND 2 AND y = 3",
                "x NOT BETWEEN -1 AND +2 § x NOT BETWEEN -1 AND 2",
                "5 BETWEEN low AND high § low <= 5 AND high >= 5",
                "x BETWEEN a AND 7 § x >= a AND x <= 7",
                "a LIKE 'x%' § a LIKE 'x%'",
                "a not ilike 'x_' § a NOT ILIKE 'x_'",
                "a LIKE '10\\%' ESCAPE '\\' § a LIKE '10\\%' ESCAPE '\\'",
                "a IS NULL § a IS NULL",
                "a is not null § a IS NOT NULL",
                "a IS TRUE § a IS NOT DISTINCT FROM TRUE",
                "a IS NOT FALSE § a IS DISTINCT FROM FALSE",
                "a IS DISTINCT FROM '10-K' § a IS DISTINCT FROM '10-K'",
                "'10-K' IS NOT DISTINCT FROM a § a IS NOT DISTINCT FROM '10-K'",
                "a IS DISTINCT FROM b § a IS DISTINCT FROM b",
                "a IS DISTINCT FROM NULL § a IS DISTINCT FROM NULL",
                "exists(a.b) § exists(a.b)",
                "EXISTS(a) § exists(a)",
                "prefix(accession, '0000320193-24-') § prefix(accession, '0000320193-24-')",
                "contains(tags, 'x') § contains(tags, 'x')",
                "'x' = ANY(tags) § contains(tags, 'x')",
                "contains_any(tags, ARRAY['x']) § contains(tags, 'x')",
                "contains_any(tags, ARRAY['x', 'y']) § contains_any(tags, ARRAY['x', 'y'])",
                "contains_any(tags, ARRAY[]) § contains_any(tags, ARRAY[])",
                "contains_all(tags, ARRAY['x']) § contains_all(tags, ARRAY['x'])",
                "form = ANY(ARRAY['a', 'b']) § form IN ('a', 'b')",
                "form = ANY(ARRAY[]) § form = ANY(ARRAY[])",
                "a.b.\"c d\" = 1 § a.b.\"c d\" = 1",
                "a['c d'][\"x\"].y = 1 § a.\"c d\".\"x\".y = 1",
                "\"a\"\"b\" = 1 § \"a\"\"b\" = 1",
                "\"form\" = 1 § \"form\" = 1",
                "\"order\" = 1 § \"order\" = 1",
                "user = 'x' AND value > 1 AND period = 'y' § user = 'x' AND value > 1 AND period = 'y'",
                "start = 1 AND year = 2 AND match = 3 § start = 1 AND year = 2 AND match = 3",
                "a = 'O''Reilly' § a = 'O''Reilly'",
                "a = '\\' § a = '\\'",
                "a = 1.50 § a = 1.50",
                "a = .5 § a = 0.5",
                "a = 1. § a = DECIMAL '1'",
                "a = 1.5e0 § a = 1.5e0",
                "a = 1E3 § a = 1000.0e0",
                "a = -1.5e-3 § a = -0.0015e0",
                "a = -9223372036854775808 § a = -9223372036854775808",
                "a = 9223372036854775808 § a = DECIMAL '9223372036854775808'",
                "a = - -5 § a = 5",
                "a = 007 § a = 7",
                "a = DECIMAL '-1234.50' § a = -1234.50",
                "a = date '2024-02-29' § a = DATE '2024-02-29'",
                "a = TIMESTAMP '2024-09-28 10:00:00' § a = TIMESTAMP '2024-09-28T10:00:00Z'",
                "a = TIMESTAMP '2024-09-28T10:00:00.5+02:00' § a = TIMESTAMP '2024-09-28T08:00:00.500Z'",
                "a = 1 -- the first § a = 1",
                "/* x */ a /* y */ = /* z */ 1 § a = 1",
                "1 = 1 § TRUE",
                "1 = 1.0 AND 'b' > 'a' § TRUE AND TRUE",
                "2 < 1 § FALSE",
                "NULL IS NULL § TRUE",
            })
    void acceptsAndPrints(String line) {
        String filter = columns(line)[0];
        String canonical = columns(line)[1];
        Condition tree = FilterParser.parse(filter, Parameters.NONE);
        String printed = FilterPrinter.print(tree);
        assertThat(printed).isEqualTo(canonical);
        Condition again = FilterParser.parse(printed, Parameters.NONE);
        assertThat(again).isEqualTo(tree);
        assertThat(FilterPrinter.print(again)).isEqualTo(printed);
    }

    /** Text, code, column, length, message after the place, hint. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "form == '10-K' § FILTER_SYNTAX § 7 § 1 § expected a value, found = § equality is a single =",
                "a = 1 && b = 2 § FILTER_SYNTAX § 7 § 2 § expected AND, OR or the end of the filter, found && "
                        + "§ write AND",
                "a = 1 || b = 2 § FILTER_SYNTAX § 7 § 2 § expected AND, OR or the end of the filter, found || "
                        + "§ write OR",
                "!flag § FILTER_SYNTAX § 1 § 1 § expected a condition, found ! § write NOT",
                "a => 1 § FILTER_SYNTAX § 4 § 1 § expected a value, found > § write >=",
                "a =< 1 § FILTER_SYNTAX § 4 § 1 § expected a value, found < § write <=",
                "a = NULL § FILTER_SYNTAX § 5 § 4 § a comparison with NULL is never true § write a IS NULL",
                "a <> NULL § FILTER_SYNTAX § 6 § 4 § a comparison with NULL is never true § write a IS NOT NULL",
                "a IN (1, NULL) § FILTER_SYNTAX § 10 § 4 § a comparison with NULL is never true § write a IS NULL",
                "a BETWEEN NULL AND 2 § FILTER_SYNTAX § 11 § 4 § a comparison with NULL is never true "
                        + "§ write a IS NULL",
                "a = 'x § FILTER_SYNTAX § 5 § 1 § expected a closing ', found the end of the filter "
                        + "§ a quote inside text is written twice: ''",
                "a = 'it\\'s' § FILTER_SYNTAX § 10 § 1 § expected AND, OR or the end of the filter, found s §",
                "a = \"x § FILTER_SYNTAX § 5 § 1 § expected a closing \", found the end of the filter "
                        + "§ text stands in single quotes, a name in double quotes",
                "a = 1 /* x § FILTER_SYNTAX § 7 § 2 § expected a closing */, found the end of the filter "
                        + "§ a comment ends with */",
                "a = ‘10-K’ § FILTER_SYNTAX § 5 § 1 § expected a value, found ‘ "
                        + "§ text stands in straight single quotes: '10-K'",
                "a = “10-K” § FILTER_SYNTAX § 5 § 1 § expected a value, found “ "
                        + "§ text stands in straight single quotes: '10-K'",
                "`form` = 1 § FILTER_SYNTAX § 1 § 1 § expected a condition, found ` § a name stands in double quotes",
                "order = 1 § FILTER_SYNTAX § 1 § 5 § expected a condition, found order "
                        + "§ order is a reserved word: write \"order\"",
                "a.order = 1 § FILTER_SYNTAX § 3 § 5 § expected a name, found order "
                        + "§ order is a reserved word: write \"order\"",
                "in = 1 § FILTER_SYNTAX § 1 § 2 § expected a condition, found in § in is a reserved word: write \"in\"",
                "date >= '2024-01-01' § FILTER_SYNTAX § 1 § 4 § expected a condition, found date "
                        + "§ date is a reserved word: write \"date\"",
                "a = 1 AND AND b = 2 § FILTER_SYNTAX § 11 § 3 § expected a condition, found AND §",
                "a = § FILTER_SYNTAX § 4 § 0 § expected a value, found the end of the filter §",
                "  § FILTER_SYNTAX § 2 § 0 § expected a condition, found the end of the filter §",
                "(a = 1 § FILTER_SYNTAX § 7 § 0 § expected AND, OR or ), found the end of the filter §",
                "a = 1) § FILTER_SYNTAX § 6 § 1 § expected AND, OR or the end of the filter, found ) §",
                "a 'x' § FILTER_SYNTAX § 3 § 3 § expected an operator, AND, OR or the end of the filter, found 'x' §",
                "1 < a < 5 § FILTER_SYNTAX § 7 § 1 § expected AND, OR or the end of the filter, found < "
                        + "§ comparisons do not chain: join two with AND",
                "a CONTAINS 'x' § FILTER_SYNTAX § 3 § 8 § expected an operator, AND, OR or the end of the filter, "
                        + "found CONTAINS § contains is a function: write contains(…)",
                "a IN () § FILTER_SYNTAX § 7 § 1 § expected a value, found ) §",
                "a IN $1 § FILTER_SYNTAX § 6 § 2 § expected (, found $1 § write IN ($1)",
                "a IN (1 2) § FILTER_SYNTAX § 9 § 1 § expected a comma or ), found 2 §",
                "a IS 5 § FILTER_SYNTAX § 6 § 1 § expected NULL, NOT, TRUE, FALSE or DISTINCT FROM, found 5 §",
                "a NOT = 5 § FILTER_SYNTAX § 7 § 1 § expected BETWEEN, IN, LIKE or ILIKE, found = §",
                "a = 10K § FILTER_SYNTAX § 5 § 3 § expected a value, found 10K § text stands in single quotes: '10K'",
                "prefx(a, 'x') § FILTER_SYNTAX § 1 § 5 § there is no function prefx § did you mean prefix?",
                "prefix(a) § FILTER_SYNTAX § 9 § 1 § expected a comma, found ) §",
                "prefix('a', 'b') § FILTER_SYNTAX § 8 § 3 § prefix() takes a field, found 'a' §",
                "prefix(a, \"b\") § FILTER_SYNTAX § 11 § 3 § expected text in single quotes, found \"b\" "
                        + "§ text stands in single quotes: 'b'",
                "prefix(a, 5) § TYPE_MISMATCH § 11 § 1 § expected text in single quotes, found 5 §",
                "contains_any(a, 'x') § TYPE_MISMATCH § 17 § 3 § expected a list, found 'x' § write ARRAY['x']",
                "a LIKE 'x' ESCAPE 'ab' § FILTER_SYNTAX § 19 § 4 § expected one character §",
                "5 § FILTER_SYNTAX § 1 § 1 § expected a condition, found 5 §",
                "a = 1; § FILTER_SYNTAX § 6 § 1 § expected AND, OR or the end of the filter, found ; "
                        + "§ a filter is one condition, without a semicolon",
                "a = ? § FILTER_SYNTAX § 5 § 1 § expected a value, found ? § parameters are written $1 or :name",
                "société = 1 § FILTER_SYNTAX § 1 § 7 § expected a condition, found société § a name with such letters "
                        + "stands in double quotes: \"société\"; text in single quotes: 'société'",
                "'😀' = == § FILTER_SYNTAX § 7 § 1 § expected a value, found = § equality is a single =",
                "1 = '1' § TYPE_MISMATCH § 5 § 3 § 1 is an integer, '1' is text "
                        + "§ values of two types cannot be compared",
                "a = DATE '28.9.2024' § TYPE_MISMATCH § 10 § 11 § '28.9.2024' is not a date § write 2024-09-28",
                "a = DATE '2023-02-29' § TYPE_MISMATCH § 10 § 12 § '2023-02-29' is not a date § write 2024-09-28",
                "a = 1e999 § INVALID_VALUE § 5 § 5 § 1e999 is beyond the range of a double §",
                "a = 10-K § FEATURE_NOT_AVAILABLE § 7 § 1 § arithmetic with - is not available yet "
                        + "§ text and dates stand in single quotes: '10-K'",
                "a > 2024-01-01 § FEATURE_NOT_AVAILABLE § 9 § 1 § arithmetic with - is not available yet "
                        + "§ text and dates stand in single quotes: '2024-01-01'",
                "a + 1 = 2 § FEATURE_NOT_AVAILABLE § 3 § 1 § arithmetic with + is not available yet §",
                "-a = 2 § FEATURE_NOT_AVAILABLE § 1 § 1 § arithmetic with - is not available yet §",
                "v <=> a < 0.4 § FEATURE_NOT_AVAILABLE § 3 § 3 § the distance operator <=> is not available yet §",
                "match(text, 'x') § FEATURE_NOT_AVAILABLE § 1 § 5 § match() is not available yet §",
                "nested(items, unit = 'USD') § FEATURE_NOT_AVAILABLE § 1 § 6 § nested() is not available yet §",
                "length(cik) = 10 § FEATURE_NOT_AVAILABLE § 1 § 6 § length() is not available yet §",
                "geo_within(a, geo_box(1, 2, 3, 4)) § FEATURE_NOT_AVAILABLE § 1 § 10 "
                        + "§ geo_within() is not available yet §",
                "a > INTERVAL '1' § FEATURE_NOT_AVAILABLE § 5 § 8 § INTERVAL is not available yet §",
                "a = ALL(b) § FEATURE_NOT_AVAILABLE § 5 § 3 § ALL is not available yet §",
                "a > ANY(b) § FEATURE_NOT_AVAILABLE § 5 § 4 § ANY is available as value = ANY(field) "
                        + "and as field = ANY(list) §",
                "a[0] = 1 § FEATURE_NOT_AVAILABLE § 3 § 1 § the element [0] of an array is not available yet §",
                "(a = 1) = TRUE § FEATURE_NOT_AVAILABLE § 1 § 7 § conditions cannot be compared yet: (a = 1) "
                        + "§ join conditions with AND, OR and NOT",
                "exists(SELECT 1) § FILTER_SYNTAX § 8 § 6 § expected a field, found SELECT "
                        + "§ subqueries belong to SQL statements, not to filters",
                "a = $1 § PARAMETER_MISMATCH § 5 § 2 § $1 has no value: 0 parameters are given §",
                "a = :x § PARAMETER_MISMATCH § 5 § 2 § :x has no value: given are none §",
            })
    void refusesWithPositionAndHint(String line) {
        String[] columns = columns(line);
        ErrorCode code = ErrorCode.valueOf(columns[1]);
        int column = Integer.parseInt(columns[2]);
        int length = Integer.parseInt(columns[3]);
        String message = columns[4];
        VectorDbException refusal = refusal(columns[0]);
        assertThat(refusal).hasMessage("filter, column " + column + ": " + message);
        assertThat(refusal.code()).isEqualTo(code);
        assertThat(refusal.violations())
                .containsExactly(new Violation(
                        "filter",
                        code,
                        message,
                        new Position(column - 1, 1, column, length),
                        columns.length > 5 ? columns[5] : ""));
    }

    @Test
    void linesAreCountedInPositions() {
        VectorDbException refusal = refusal("a = 1\nAND b == 2");
        assertThat(refusal).hasMessage("filter, line 2, column 8: expected a value, found =");
        assertThat(refusal.violations().getFirst().position()).isEqualTo(new Position(13, 2, 8, 1));
    }

    @Test
    void deepBracketsAndNotsAreRefusedWithBothNumbers() {
        for (String piece : List.of("(", "NOT ", "(NOT ", "((a = 1 AND ", "exists((", "exists(", "prefix(prefix(")) {
            VectorDbException refusal = refusal(piece.repeat(60_000 / piece.length()));
            assertThat(refusal.code()).as(piece).isEqualTo(ErrorCode.LIMIT_EXCEEDED);
            assertThat(refusal).hasMessageContaining("nested 65 deep, at most 64");
        }
        assertThat(refusal("-".repeat(60_001)).code()).isEqualTo(ErrorCode.FILTER_SYNTAX);
        assertThat(refusal("a = " + "- ".repeat(30_000)).code()).isEqualTo(ErrorCode.FILTER_SYNTAX);
        assertThat(refusal("a" + ".a".repeat(30_000) + "==").code()).isEqualTo(ErrorCode.FILTER_SYNTAX);
        assertThat(FilterPrinter.print(FilterParser.parse("(".repeat(64) + "a" + ")".repeat(64), Parameters.NONE)))
                .isEqualTo("a = TRUE");
    }

    @Test
    void lengthNodesAndValuesAreBounded() {
        assertThat(refusal("a = '" + "é".repeat(32_768) + "'")).hasMessage("filter: 65542 bytes, at most 65536");
        assertThat(refusal("a=1" + " OR a=1".repeat(1_023))).hasMessageContaining("1025 conditions, at most 1024");
        assertThat(refusal("a IN (1" + ",1".repeat(10_000) + ")"))
                .hasMessageContaining("10001 values in IN, at most 10000");
        FilterParser.parse("a IN (1" + ",1".repeat(9_999) + ")", Parameters.NONE);
        FilterParser.parse("a=1" + " OR a=1".repeat(1_022), Parameters.NONE);
        assertThatThrownBy(() -> Parameters.of(Fixtures.list(java.util.Collections.nCopies(65_537, Fixtures.integer(1))
                        .toArray(io.vectordb.v1.Value[]::new))))
                .hasMessage("params.0: a list of 65537 values, at most 65536");
    }

    @Test
    void parametersAreValues() {
        Parameters positional = Parameters.of(Fixtures.text("' OR TRUE --"), Fixtures.integer(2));
        assertThat(FilterPrinter.print(FilterParser.parse("a = $1 AND b = $2 AND c = $2", positional)))
                .isEqualTo("a = ''' OR TRUE --' AND b = 2 AND c = 2");
        Parameters named = Parameters.of(Map.of("form", Fixtures.list(Fixtures.text("x"), Fixtures.text("y"))));
        assertThat(FilterPrinter.print(FilterParser.parse("a IN (:form)", named)))
                .isEqualTo("a IN ('x', 'y')");
        assertThat(FilterPrinter.print(FilterParser.parse("a = ANY(:form)", named)))
                .isEqualTo("a IN ('x', 'y')");
        assertThat(FilterPrinter.print(FilterParser.parse("contains_all(a, :form)", named)))
                .isEqualTo("contains_all(a, ARRAY['x', 'y'])");
        assertThat(FilterPrinter.print(FilterParser.parse("a IN ($1)", Parameters.of(Fixtures.list()))))
                .isEqualTo("a = ANY(ARRAY[])");
    }

    @Test
    void parametersThatDoNotFitAreRefused() {
        Parameters two = Parameters.of(Fixtures.integer(1), Fixtures.integer(2));
        assertThatThrownBy(() -> FilterParser.parse("a = $1", two)).hasMessage("params.1: the filter does not use $2");
        assertThatThrownBy(() -> FilterParser.parse("a = $3", two))
                .hasMessage("filter, column 5: $3 has no value: 2 parameters are given");
        assertThatThrownBy(() -> FilterParser.parse("a = $0", two))
                .hasMessage("filter, column 5: $0 has no value: 2 parameters are given");
        assertThatThrownBy(() -> FilterParser.parse("a = $1 AND b = :x", two))
                .hasMessage("filter, column 16: :x has no value: the parameters given have no names");
        Parameters named = Parameters.of(Map.of("x", Fixtures.integer(1), "y", Fixtures.integer(1)));
        assertThatThrownBy(() -> FilterParser.parse("a = :x", named))
                .hasMessage("named_params.y: the filter does not use :y");
        assertThatThrownBy(() -> FilterParser.parse("a = :x AND b = $1", named))
                .hasMessage("filter, column 16: $1 has no value: the parameters given have names");
        assertThatThrownBy(() -> new Parameters(two.positional(), named.named()))
                .hasMessage("params: found 2 positional and 2 named parameters");
        assertThatThrownBy(() -> FilterParser.parse("a = $1", Parameters.of(Values.NULL)))
                .hasMessage("filter, column 5: a comparison with NULL is never true");
    }
}
