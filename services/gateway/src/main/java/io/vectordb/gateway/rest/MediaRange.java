package io.vectordb.gateway.rest;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One entry of {@code Accept}, or the value of {@code Content-Type}.
 *
 * @param type such as {@code application/json}, in lower case
 * @param parameters in lower case, without quotes
 */
record MediaRange(String type, Map<String, String> parameters) {

    static final String JSON = "application/json";
    static final String NDJSON = "application/x-ndjson";
    static final String PROBLEM = "application/problem+json";

    MediaRange {
        parameters = Map.copyOf(parameters);
    }

    /** The entries of a header; malformed ones match nothing. */
    static List<MediaRange> parse(String header) {
        List<MediaRange> ranges = new ArrayList<>();
        for (String entry : header.toLowerCase(Locale.ROOT).split(",", -1)) {
            String[] parts = entry.split(";", -1);
            Map<String, String> parameters = new HashMap<>();
            for (int i = 1; i < parts.length; i++) {
                String[] pair = parts[i].split("=", 2);
                parameters.put(
                        pair[0].trim(), pair.length == 1 ? "" : pair[1].trim().replace("\"", ""));
            }
            ranges.add(new MediaRange(parts[0].trim(), parameters));
        }
        return ranges;
    }

    /** Whether a body of {@code mediaType} is accepted. */
    boolean accepts(String mediaType) {
        String group = mediaType.substring(0, mediaType.indexOf('/')) + "/*";
        boolean matches = type.equals(mediaType) || type.equals("*/*") || type.equals(group);
        return matches && !isRefused();
    }

    private boolean isRefused() {
        try {
            return Double.parseDouble(parameters.getOrDefault("q", "1")) == 0;
        } catch (NumberFormatException e) {
            return true;
        }
    }
}
