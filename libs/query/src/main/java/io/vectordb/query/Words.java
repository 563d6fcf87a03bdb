package io.vectordb.query;

import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The words of the filter language: which are reserved, and which are functions. */
final class Words {

    /** Words that stand between or before operands, so that a bare one is hardly ever meant as a name. */
    private static final Set<String> OPERATORS = words("AND OR NOT ANY ALL BETWEEN IN LIKE ILIKE ESCAPE IS DISTINCT");

    /**
     * The grammar's own words, and those with which SQL begins clauses and names types. VALUE, PERIOD, START, END,
     * YEAR, LANGUAGE, POSITION, MATCH, CONTAINS, USER and their like are names.
     */
    private static final Set<String> RESERVED = words("""
            AND OR NOT ANY ALL BETWEEN IN LIKE ILIKE ESCAPE IS DISTINCT FROM NULL TRUE FALSE DATE TIMESTAMP DECIMAL
            ARRAY TIME INTERVAL ALTER AS BY CASE CAST CHECK COLUMN CONSTRAINT CREATE CROSS DEFAULT DELETE DROP ELSE
            EXCEPT FETCH FOREIGN FULL GRANT GROUP HAVING INNER INSERT INTERSECT INTO JOIN LATERAL LEFT LIMIT MERGE
            NATURAL OFFSET ON ORDER OUTER OVER PARTITION PRIMARY RANGE RECURSIVE REFERENCES REVOKE RIGHT ROW ROWS SELECT
            SET SOME SYMMETRIC TABLE THEN TRUNCATE UNION UNIQUE UPDATE USING VALUES WHEN WHERE WINDOW WITH BIGINT BINARY
            BLOB BOOLEAN CHAR CHARACTER CLOB DOUBLE FLOAT INT INTEGER NUMERIC REAL SMALLINT TINYINT VARBINARY VARCHAR
            """);

    static final Set<String> FUNCTIONS = lower("exists prefix contains contains_any contains_all");

    static final Set<String> LATER_FUNCTIONS = lower("""
            match nested geo_distance geo_point geo_within geo_box geo_polygon geo_circle length lower upper cardinality
            coalesce abs score rank decay ln exp greatest least
            """);

    /** Functions that SQL calls without brackets; a field of the name wins over them. */
    static final Set<String> LATER_BARE_FUNCTIONS = lower("current_date current_time current_timestamp");

    private Words() {}

    static boolean isReserved(String word) {
        return RESERVED.contains(word.toUpperCase(Locale.ROOT));
    }

    static boolean isOperator(String word) {
        return OPERATORS.contains(word.toUpperCase(Locale.ROOT));
    }

    /** Whether a name may stand without double quotes. */
    static boolean isPlainName(String name) {
        if (name.isEmpty() || !isNameStart(name.charAt(0))) {
            return false;
        }
        for (int i = 1; i < name.length(); i++) {
            if (!isNamePart(name.charAt(i))) {
                return false;
            }
        }
        return !isReserved(name);
    }

    static boolean isNameStart(char c) {
        return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    static boolean isNamePart(char c) {
        return isNameStart(c) || isDigit(c);
    }

    static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** In single quotes, as the language writes text. */
    static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    /** As a name of the language: in double quotes where it needs them. */
    static String name(String name) {
        return isPlainName(name) ? name : doubleQuoted(name);
    }

    static String doubleQuoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** At most forty characters of a piece of text, for messages. */
    static String brief(String text) {
        int most = 40;
        return text.codePointCount(0, text.length()) <= most
                ? text
                : text.substring(0, text.offsetByCodePoints(0, most)) + "…";
    }

    private static Set<String> words(String words) {
        return Stream.of(words.strip().split("\\s+")).collect(Collectors.toUnmodifiableSet());
    }

    private static Set<String> lower(String words) {
        return words(words.toLowerCase(Locale.ROOT));
    }
}
