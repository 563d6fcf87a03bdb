package io.vectordb.coordinator;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.Limits;
import io.vectordb.common.VectorDbException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;

/** Lists by pages: a cursor holds the place of the last thing given, wherever the list has changed since. */
final class Pages {

    private Pages() {}

    /**
     * One page.
     *
     * @param next the cursor of the page after it; empty: no more
     */
    record Page<T>(List<T> items, String next) {}

    /** How many things a request asks for; 0 asks for the default. */
    static int limit(int asked) {
        if (asked < 0 || asked > Limits.PAGE) {
            throw new VectorDbException(
                    ErrorCode.LIMIT_EXCEEDED, "limit: expected 1 to " + Limits.PAGE + ", received " + asked);
        }
        return asked == 0 ? Limits.PAGE_DEFAULT : asked;
    }

    /** @param sorted by {@code place} */
    static <T> Page<T> of(List<T> sorted, Function<T, String> place, String cursor, int limit) {
        String after = decode(cursor);
        List<T> rest = sorted.stream()
                .filter(each -> place.apply(each).compareTo(after) > 0)
                .toList();
        if (rest.size() <= limit) {
            return new Page<>(rest, "");
        }
        return new Page<>(rest.subList(0, limit), encode(place.apply(rest.get(limit - 1))));
    }

    static String encode(String place) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(place.getBytes(StandardCharsets.UTF_8));
    }

    static String decode(String cursor) {
        try {
            return new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new VectorDbException(ErrorCode.INVALID_CURSOR, "the cursor is not one of this list");
        }
    }
}
