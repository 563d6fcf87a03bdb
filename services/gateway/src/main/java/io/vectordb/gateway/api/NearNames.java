package io.vectordb.gateway.api;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What was probably meant by a name that does not exist. */
public final class NearNames {

    /** Names that other systems use for what ours mean. */
    private static final Map<String, List<String>> ELSEWHERE = Map.ofEntries(
            Map.entry("limit", List.of("k", "limit")),
            Map.entry("top_k", List.of("k")),
            Map.entry("topk", List.of("k")),
            Map.entry("n", List.of("k", "limit")),
            Map.entry("size", List.of("k", "limit")),
            Map.entry("page_size", List.of("limit")),
            Map.entry("offset", List.of("cursor")),
            Map.entry("page_token", List.of("cursor")),
            Map.entry("where", List.of("filter")),
            Map.entry("fields", List.of("select")),
            Map.entry("include", List.of("select")),
            Map.entry("columns", List.of("select", "fields")),
            Map.entry("vector", List.of("query")),
            Map.entry("text", List.of("query")),
            Map.entry("nearest", List.of("query")),
            Map.entry("ids", List.of("keys")),
            Map.entry("id", List.of("key", "keys")),
            Map.entry("points", List.of("records")),
            Map.entry("documents", List.of("records")),
            Map.entry("objects", List.of("records")),
            Map.entry("rows", List.of("records")),
            Map.entry("operations", List.of("ops")),
            Map.entry("idempotency_key", List.of("request_id")),
            Map.entry("properties", List.of("fields")),
            Map.entry("dim", List.of("type")),
            Map.entry("dimension", List.of("type")),
            Map.entry("distance", List.of("metric")),
            Map.entry("ef", List.of("ef_search")));

    private NearNames() {}

    /** The one of {@code known} that {@code name} most likely stands for. */
    public static Optional<String> nearest(String name, Collection<String> known) {
        String lower = snakeCase(name);
        Stream<String> synonyms =
                ELSEWHERE.getOrDefault(lower, List.of()).stream().filter(known::contains);
        Stream<String> near = known.stream()
                .filter(candidate ->
                        distance(lower, candidate.toLowerCase(Locale.ROOT)) <= Math.max(1, lower.length() / 3))
                .sorted(Comparator.comparingInt(
                                (String candidate) -> distance(lower, candidate.toLowerCase(Locale.ROOT)))
                        .thenComparing(Comparator.naturalOrder()));
        return Stream.concat(synonyms, near).findFirst();
    }

    /** The hint of an error: {@code did you mean k?}, or nothing. */
    public static String hint(String name, Collection<String> known) {
        return nearest(name, known).map(near -> "did you mean " + near + "?").orElse("");
    }

    private static String snakeCase(String name) {
        return name.replaceAll("([a-z0-9])([A-Z])", "$1_$2").replace('-', '_').toLowerCase(Locale.ROOT);
    }

    /** The edit distance of Levenshtein, over the first 64 characters. */
    private static int distance(String a, String b) {
        int width = Math.min(b.length(), 64);
        int height = Math.min(a.length(), 64);
        int[] row = new int[width + 1];
        for (int j = 0; j <= width; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= height; i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= width; j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[width];
    }
}
