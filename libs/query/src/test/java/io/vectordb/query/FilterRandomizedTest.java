package io.vectordb.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.common.VectorDbException;
import io.vectordb.testkit.Seeds;
import io.vectordb.v1.Condition;
import io.vectordb.v1.Fields;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class FilterRandomizedTest {

    private final Random random = Seeds.random(FilterRandomizedTest.class);
    private final RandomFilters filters = new RandomFilters(random);

    @Test
    void predicatesAgreeWithTheNaiveMeaning() {
        int[] seen = new int[3];
        for (int i = 0; i < 6_000; i++) {
            Condition condition = filters.condition(3);
            RowPredicate predicate = RowPredicate.compile(condition);
            for (int j = 0; j < 10; j++) {
                Fields row = filters.row();
                Boolean expected = NaiveFilter.eval(condition, row);
                int truth = predicate.eval(row);
                assertThat(truth)
                        .as("%s over %s", FilterPrinter.print(condition), row)
                        .isEqualTo(expected == null ? Logic.UNKNOWN : Logic.of(expected));
                assertThat(predicate.test(row)).isEqualTo(Boolean.TRUE.equals(expected));
                seen[truth + 1]++;
            }
        }
        assertThat(seen[0]).isGreaterThan(3_000);
        assertThat(seen[1]).isGreaterThan(3_000);
        assertThat(seen[2]).isGreaterThan(3_000);
    }

    @Test
    void whatIsPrintedReadsBackAsTheSameTree() {
        for (int i = 0; i < 6_000; i++) {
            Condition condition = filters.condition(4);
            String printed = FilterPrinter.print(condition);
            Condition read = FilterParser.parse(printed, Parameters.NONE);
            assertThat(read).as(printed).isEqualTo(condition);
            assertThat(FilterPrinter.print(read)).isEqualTo(printed);
        }
    }

    /** In a dynamic schema every random name is allowed, and the trees are already as the resolver leaves them. */
    @Test
    void resolvingAgainChangesNothing() {
        int resolved = 0;
        for (int i = 0; i < 5_000; i++) {
            Condition condition = filters.condition(3);
            Condition once;
            try {
                once = FilterResolver.resolve(Fixtures.DYNAMIC, "", condition, Parameters.NONE)
                        .condition()
                        .orElseThrow();
            } catch (VectorDbException e) {
                continue;
            }
            resolved++;
            String printed = FilterPrinter.print(once);
            assertThat(FilterResolver.resolve(Fixtures.DYNAMIC, printed, null, Parameters.NONE)
                            .condition())
                    .as(printed)
                    .contains(once);
        }
        assertThat(resolved).isGreaterThan(500);
    }

    @Test
    void likeAgreesWithTheTableOfBeginnings() {
        for (int i = 0; i < 50_000; i++) {
            String text = filters.text("aabB") + filters.text("aab\uD83D\uDE00é") + filters.text("aA");
            StringBuilder pattern = new StringBuilder();
            for (int j = random.nextInt(5); j > 0; j--) {
                pattern.append(filters.text("aab%_\uD83D\uDE00")).append(random.nextBoolean() ? "%" : "");
            }
            boolean ignoreCase = random.nextBoolean();
            assertThat(LikeMatcher.of(pattern.toString(), "", ignoreCase).matches(text))
                    .as("'%s' LIKE '%s' %s", text, pattern, ignoreCase)
                    .isEqualTo(NaiveFilter.like(text, pattern.toString(), "", ignoreCase));
        }
    }

    @Test
    void longPiecesOfLikeAgreeToo() {
        for (int i = 0; i < 2_000; i++) {
            int length = 60 + random.nextInt(80);
            StringBuilder piece = new StringBuilder();
            for (int j = 0; j < length; j++) {
                piece.append(random.nextInt(60) == 0 ? 'b' : 'a');
            }
            String text = "a".repeat(random.nextInt(20)) + piece + "a".repeat(random.nextInt(100)) + piece;
            for (int j = random.nextInt(3); j > 0; j--) {
                piece.setCharAt(random.nextInt(length), "ab_".charAt(random.nextInt(3)));
            }
            String pattern = "%" + piece + "%";
            assertThat(LikeMatcher.of(pattern, "", false).matches(text))
                    .as("'%s' LIKE '%s'", text, pattern)
                    .isEqualTo(NaiveFilter.like(text, pattern, "", false));
        }
    }

    @Test
    @Timeout(20)
    void likeIsFastOnPatternsThatMakeOthersGoBack() {
        String text = "a".repeat(1 << 20);
        List<String> patterns = List.of(
                "%a".repeat(10_000) + "b",
                "%" + "a".repeat(30_000) + "b%",
                "%" + "a".repeat(500) + "_b%",
                "%a%a%a%a%a%a%a%a%b%a");
        for (String pattern : patterns) {
            long start = System.nanoTime();
            assertThat(LikeMatcher.of(pattern, "", false).matches(text)).isFalse();
            System.out.println("LIKE '" + pattern.substring(0, 10) + "…' over 1 MiB: "
                    + Duration.ofNanos(System.nanoTime() - start).toMillis() + " ms");
        }
    }

    @Test
    @Timeout(120)
    void whateverIsWrittenIsReadOrRefused() {
        List<String> pieces = List.of(
                "a",
                "b.c",
                "\"x\"",
                "'s'",
                "'",
                "\"",
                "1",
                "1.5",
                "1e5",
                ".",
                "$1",
                ":n",
                "$",
                ":",
                "=",
                "==",
                "<>",
                "<",
                "<=",
                "<=>",
                "(",
                ")",
                "[",
                "]",
                ",",
                "+",
                "-",
                "--",
                "/*",
                "*/",
                "*",
                "%",
                "!",
                "&&",
                "‘",
                "é",
                "\uD83D\uDE00",
                "\uD83D",
                "\n",
                " AND ",
                " OR ",
                " NOT ",
                " IN ",
                " BETWEEN ",
                " LIKE ",
                " ESCAPE ",
                " IS ",
                " NULL ",
                " TRUE ",
                " DISTINCT FROM ",
                " DATE ",
                " TIMESTAMP ",
                " ARRAY[",
                " ANY(",
                " ALL(",
                "prefix(",
                "contains(",
                "contains_any(",
                "exists(",
                "match(",
                "order",
                "'2024-01-01'",
                ";",
                "\0");
        Parameters parameters = Parameters.of(Fixtures.list(Fixtures.integer(1), Values.NULL));
        int accepted = 0;
        for (int i = 0; i < 50_000; i++) {
            String filter = i % 2 == 0 ? pieces(pieces) : mutated(pieces);
            accepted += isRead(filter, i % 4 < 2 ? parameters : Parameters.NONE) ? 1 : 0;
        }
        System.out.println("accepted " + accepted + " of 50000 random filters");
        assertThat(accepted).isGreaterThan(1_000);
    }

    @Test
    @Timeout(60)
    void longTextsAreReadOrRefusedInBoundedTime() {
        List<String> units = List.of(
                "(",
                "NOT ",
                "a=1 AND ",
                "a.",
                "'",
                "\"",
                "-",
                "- ",
                "1",
                "/*",
                "--\n",
                "‘",
                "a IN (",
                "ARRAY[",
                "exists(",
                "a BETWEEN 1 AND ",
                "1.",
                "é",
                "$1 ",
                "a OR (b AND ",
                "''",
                "\"\"",
                "TRUE=TRUE AND ",
                "prefix(");
        for (String unit : units) {
            String filter = unit.repeat(65_000 / unit.length());
            long start = System.nanoTime();
            isRead(filter.substring(0, Math.min(filter.length(), 30_000)), Parameters.NONE);
            isRead("a = " + filter.substring(0, Math.min(filter.length(), 30_000)), Parameters.NONE);
            isRead(filter, Parameters.NONE);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).as(unit).isLessThan(Duration.ofSeconds(10));
        }
    }

    private static boolean isRead(String filter, Parameters parameters) {
        try {
            Condition condition = FilterResolver.resolve(Fixtures.DYNAMIC, filter, null, parameters)
                    .condition()
                    .orElse(Condition.newBuilder().setConstant(true).build());
            String printed = FilterPrinter.print(condition);
            assertThat(FilterResolver.resolve(Fixtures.DYNAMIC, printed, null, Parameters.NONE)
                            .condition())
                    .as("%s printed as %s", filter, printed)
                    .contains(condition);
            RowPredicate.compile(condition).test(Fields.getDefaultInstance());
            return true;
        } catch (VectorDbException e) {
            e.violations().stream()
                    .map(violation -> violation.position())
                    .filter(position -> position != null)
                    .forEach(position -> assertThat(position.offset() + position.length())
                            .isLessThanOrEqualTo(filter.codePointCount(0, filter.length())));
            return false;
        } catch (RuntimeException e) {
            throw new AssertionError("on " + filter, e);
        }
    }

    private String pieces(List<String> pieces) {
        StringBuilder filter = new StringBuilder();
        for (int i = 1 + random.nextInt(8); i > 0; i--) {
            filter.append(pieces.get(random.nextInt(pieces.size())));
        }
        return filter.toString();
    }

    private String mutated(List<String> pieces) {
        List<String> valid = new ArrayList<>(List.of(
                "form IN ('10-K', '10-K/A') AND filed BETWEEN DATE '2023-01-01' AND '2024-12-31'",
                "company = 'Apple Inc.' AND NOT (section = '1A' OR section IS NULL)",
                "prefix(accession, '0000320193-24-') OR contains_any(tags, ARRAY['x', 'y'])",
                "\"us-gaap:Revenues\".value >= 1e9 AND flag IS NOT TRUE",
                "fiscal_year < -5 AND exists(items.unit) AND form LIKE 'a!%' ESCAPE '!'"));
        valid.add(FilterPrinter.print(filters.condition(2)));
        StringBuilder filter = new StringBuilder(valid.get(random.nextInt(valid.size())));
        for (int i = random.nextInt(3); i > 0; i--) {
            int at = random.nextInt(filter.length() + 1);
            int end = Math.min(filter.length(), at + random.nextInt(4));
            filter.replace(at, end, random.nextBoolean() ? pieces.get(random.nextInt(pieces.size())) : "");
        }
        return filter.toString();
    }
}
