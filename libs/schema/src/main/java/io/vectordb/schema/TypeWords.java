package io.vectordb.schema;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.Limits;
import io.vectordb.common.VectorDbException;
import io.vectordb.common.Violation;
import io.vectordb.schema.FieldType.ArrayType;
import io.vectordb.schema.FieldType.Bool;
import io.vectordb.schema.FieldType.DateType;
import io.vectordb.schema.FieldType.DecimalType;
import io.vectordb.schema.FieldType.Float64;
import io.vectordb.schema.FieldType.GeoPointType;
import io.vectordb.schema.FieldType.Int32;
import io.vectordb.schema.FieldType.Int64;
import io.vectordb.schema.FieldType.Json;
import io.vectordb.schema.FieldType.Keyword;
import io.vectordb.schema.FieldType.ObjectType;
import io.vectordb.schema.FieldType.Text;
import io.vectordb.schema.FieldType.TimestampType;
import io.vectordb.schema.FieldType.VectorType;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the words of {@link FieldType}. */
final class TypeWords {

    private static final Map<String, FieldType> PLAIN = Map.ofEntries(
            Map.entry("keyword", new Keyword()),
            Map.entry("varchar", new Keyword()),
            Map.entry("string", new Keyword()),
            Map.entry("text", new Text()),
            Map.entry("clob", new Text()),
            Map.entry("int32", new Int32()),
            Map.entry("integer", new Int32()),
            Map.entry("int64", new Int64()),
            Map.entry("bigint", new Int64()),
            Map.entry("float64", new Float64()),
            Map.entry("double precision", new Float64()),
            Map.entry("bool", new Bool()),
            Map.entry("boolean", new Bool()),
            Map.entry("date", new DateType()),
            Map.entry("timestamp", new TimestampType()),
            Map.entry("json", new Json()),
            Map.entry("object", new ObjectType()),
            Map.entry("geo_point", new GeoPointType()));

    private static final Set<String> LATER = Set.of("sparse_vector", "bytes");

    /** What people used to other systems write, where the spelling alone does not lead to the right word. */
    private static final Map<String, String> ELSEWHERE = Map.of(
            "int", "int32 or int64",
            "long", "int64",
            "float", "float64",
            "double", "float64",
            "real", "float64",
            "datetime", "timestamp",
            "char", "keyword",
            "str", "keyword",
            "jsonb", "json",
            "embedding", "vector(384)");

    private static final List<String> WORDS = Stream.concat(
                    PLAIN.keySet().stream(), Stream.of("decimal(p,s)", "numeric(p,s)", "varchar(n)", "vector(d)"))
            .sorted()
            .toList();

    private static final Pattern ARRAY = Pattern.compile("(.*?)\\s*(?:\\[\\s*]|\\sarray)");
    private static final Pattern SIZED = Pattern.compile("(\\w+)\\s*\\(\\s*(\\d{1,9})\\s*(?:,\\s*(\\d{1,9})\\s*)?\\)");

    private TypeWords() {}

    static FieldType parse(String word) {
        String normal = word.strip().replaceAll("\\s+", " ").toLowerCase(Locale.ROOT);
        Matcher array = ARRAY.matcher(normal);
        return array.matches() ? arrayOf(single(array.group(1), word), word) : single(normal, word);
    }

    private static FieldType arrayOf(FieldType element, String word) {
        if (element instanceof VectorType) {
            throw later(word + ": several vectors in one field are not available yet");
        }
        return new ArrayType(element);
    }

    private static FieldType single(String normal, String word) {
        FieldType plain = PLAIN.get(normal);
        if (plain != null) {
            return plain;
        }
        if (LATER.contains(normal)) {
            throw later("the type " + word + " is not available yet");
        }
        if (ARRAY.matcher(normal).matches()) {
            throw invalid("'" + word + "' is an array of arrays, which is no type", "json holds any nesting");
        }
        Matcher sized = SIZED.matcher(normal);
        FieldType type =
                sized.matches() ? sized(sized.group(1), Integer.parseInt(sized.group(2)), sized.group(3), word) : null;
        if (type == null) {
            throw unknown(normal, word);
        }
        return type;
    }

    private static @Nullable FieldType sized(String name, int first, @Nullable String second, String word) {
        return switch (name) {
            case "varchar" -> second == null && first > 0 ? new Keyword() : null;
            case "vector" -> second == null ? vector(first) : null;
            case "decimal", "numeric" -> second == null ? null : decimal(first, Integer.parseInt(second), word);
            default -> null;
        };
    }

    private static FieldType vector(int dimension) {
        if (dimension < 1 || dimension > Limits.VECTOR_DIMENSIONS) {
            throw invalid("a vector has 1 to " + Limits.VECTOR_DIMENSIONS + " dimensions, not " + dimension, "");
        }
        return new VectorType(dimension);
    }

    private static FieldType decimal(int precision, int scale, String word) {
        if (precision < 1 || precision > FieldType.DECIMAL_DIGITS || scale > precision) {
            throw invalid(
                    "'" + word + "': a decimal has 1 to " + FieldType.DECIMAL_DIGITS
                            + " digits, of which none to all stand after the point",
                    "decimal(38,6) has 32 digits before the point and 6 after it");
        }
        return new DecimalType(precision, scale);
    }

    private static VectorDbException unknown(String normal, String word) {
        String name = normal.replaceAll("\\(.*", "").strip();
        String hint = switch (name) {
            case "decimal", "numeric" -> "write the digits in all and after the point: decimal(38,6)";
            case "vector" -> "write the dimension: vector(384)";
            default -> {
                String elsewhere = ELSEWHERE.get(name);
                yield elsewhere != null
                        ? "did you mean " + elsewhere + "?"
                        : NearNames.didYouMean(NearNames.of(normal, WORDS));
            }
        };
        return invalid("there is no type '" + word + "'", hint);
    }

    private static VectorDbException invalid(String message, String hint) {
        return VectorDbException.of(new Violation("", ErrorCode.INVALID_SCHEMA, message, hint));
    }

    private static VectorDbException later(String message) {
        return VectorDbException.of(new Violation("", ErrorCode.FEATURE_NOT_AVAILABLE, message));
    }
}
