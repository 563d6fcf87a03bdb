package io.vectordb.storage;

import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The time that a request id carries: UUIDs of version 7 (RFC 9562 §5.7), alone or followed by {@code /<number>}, the
 * parts of one request.
 *
 * <p>The ids of lines, {@code <uuid>:<line>}, carry none: a load may take longer than the window, and its lines all have
 * the time at which it began. That an old load is not begun again is seen to where it begins.
 */
final class RequestIds {

    private static final Pattern UUID_V7 = Pattern.compile(
            "(\\p{XDigit}{8}-\\p{XDigit}{4}-7\\p{XDigit}{3}-[89abAB]\\p{XDigit}{3}-\\p{XDigit}{12})(?:/\\d+)?");
    private static final int UNIX_MILLIS_SHIFT = 16;

    private RequestIds() {}

    /** When the id was made, in microseconds since 1970; empty for ids of any other form. */
    static OptionalLong micros(String requestId) {
        Matcher matcher = UUID_V7.matcher(requestId);
        if (!matcher.matches()) {
            return OptionalLong.empty();
        }
        long millis = UUID.fromString(matcher.group(1)).getMostSignificantBits() >>> UNIX_MILLIS_SHIFT;
        return OptionalLong.of(TimeUnit.MILLISECONDS.toMicros(millis));
    }
}
