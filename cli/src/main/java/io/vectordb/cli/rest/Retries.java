package io.vectordb.cli.rest;

import java.time.Duration;

/**
 * How long a call is repeated that a later attempt may answer (429, 503; a connection that fails).
 *
 * @param budget time from the first attempt after which nothing is tried again
 * @param connections whether a refused or broken connection is tried again too: for long work, during which a server may
 *     be restarted. A write is repeated with the same request id, so it is done once
 */
public record Retries(Duration budget, boolean connections) {

    private static final long FIRST_WAIT_MILLIS = 200;
    private static final long LONGEST_WAIT_MILLIS = 5_000;

    /** For a person who waits. */
    public static final Retries SHORT = new Retries(Duration.ofSeconds(10), false);

    /** For a load that survives a restart of the server. */
    public static final Retries PATIENT = new Retries(Duration.ofMinutes(2), true);

    /** Milliseconds before attempt {@code n} (from 1), at least what the server asks for. */
    long waitMillis(int attempt, long retryAfterMillis) {
        long backOff = Math.min(LONGEST_WAIT_MILLIS, FIRST_WAIT_MILLIS << Math.min(attempt - 1, 10));
        return Math.max(backOff, retryAfterMillis);
    }
}
