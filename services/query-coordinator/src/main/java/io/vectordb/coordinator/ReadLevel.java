package io.vectordb.coordinator;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.v1.Consistency;
import java.time.Duration;

/**
 * What a read asks of freshness, with the defaults filled in.
 *
 * @param maxStaleness of a bounded read
 * @param token what the client has seen; empty where it sent none
 */
record ReadLevel(Consistency.Level level, Duration maxStaleness, SessionToken token) {

    /** A longer one cannot be said in microseconds, nor told from this. */
    private static final Duration LONGEST = Duration.ofDays(365);

    static ReadLevel of(Consistency asked, CollectionHandle collection, CoordinatorProperties properties) {
        SessionToken token = SessionToken.parse(asked.getTokensList());
        token.check(collection);
        Consistency.Level level = asked.getLevel();
        if (level == Consistency.Level.LEVEL_UNSPECIFIED) {
            level = asked.getTokensCount() > 0
                    ? Consistency.Level.SESSION
                    : collection.collection().getSettings().getDefaultConsistency();
        }
        if (level == Consistency.Level.LEVEL_UNSPECIFIED) {
            level = Consistency.Level.STRONG;
        }
        if (asked.hasMaxStaleness() && level != Consistency.Level.BOUNDED) {
            throw new VectorDbException(
                    ErrorCode.INVALID_VALUE, "consistency.max_staleness goes with the level bounded only");
        }
        Duration staleness = asked.hasMaxStaleness()
                ? Duration.ofSeconds(
                        asked.getMaxStaleness().getSeconds(),
                        asked.getMaxStaleness().getNanos())
                : properties.maxStaleness();
        if (!staleness.isPositive()) {
            throw new VectorDbException(ErrorCode.INVALID_VALUE, "consistency.max_staleness: expected more than 0 s");
        }
        return new ReadLevel(level, staleness.compareTo(LONGEST) < 0 ? staleness : LONGEST, token);
    }
}
