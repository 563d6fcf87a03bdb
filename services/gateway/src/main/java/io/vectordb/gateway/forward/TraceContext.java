package io.vectordb.gateway.forward;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The trace that a call belongs to, as in W3C Trace Context: taken over from the caller or begun here.
 *
 * @param traceId 32 lower-case hexadecimal digits
 * @param flags 2 hexadecimal digits
 * @param state the caller's {@code tracestate}; empty: none
 */
public record TraceContext(String traceId, String flags, String state) {

    private static final Pattern TRACEPARENT =
            Pattern.compile("(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(-.*)?");

    /** Takes over the caller's trace; an absent or malformed one begins a new trace, as the standard says. */
    public static TraceContext from(@Nullable String traceparent, @Nullable String tracestate) {
        if (traceparent != null) {
            Matcher matcher = TRACEPARENT.matcher(traceparent.trim());
            if (matcher.matches()) {
                return new TraceContext(matcher.group(1), matcher.group(2), tracestate == null ? "" : tracestate);
            }
        }
        return new TraceContext(hex() + hex(), "00", "");
    }

    /** The header for the call behind this one: the same trace, a new span. */
    public String traceparent() {
        return "00-" + traceId + "-" + hex() + "-" + flags;
    }

    private static String hex() {
        return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong() | 1);
    }
}
