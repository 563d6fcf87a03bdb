package io.vectordb.cli.rest;

import java.security.SecureRandom;
import java.util.UUID;

/**
 * Makes request ids: UUID version 7 (RFC 9562), which begin with their time, so that a server can refuse one that is
 * older than what it remembers.
 */
public final class RequestIds {

    private static final SecureRandom RANDOM = new SecureRandom();

    private RequestIds() {}

    public static String next() {
        return of(System.currentTimeMillis(), RANDOM.nextLong(), RANDOM.nextLong())
                .toString();
    }

    static UUID of(long epochMillis, long randomHigh, long randomLow) {
        long high = (epochMillis << 16) | 0x7000L | (randomHigh & 0x0FFFL);
        long low = (randomLow & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }
}
