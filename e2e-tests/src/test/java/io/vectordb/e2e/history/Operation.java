package io.vectordb.e2e.history;

/**
 * One operation of one client on one key, as the client saw it. An operation that certainly had no effect and told nothing
 * is in no history.
 *
 * @param client its number; for people only
 * @param invoked when it was sent, by the clock of the test in nanoseconds
 * @param returned when the answer came; {@link Long#MAX_VALUE} when the outcome is unknown
 * @param seq the version that was read or made; 0 when it is not known
 */
public record Operation(int client, Action action, Outcome outcome, long invoked, long returned, long seq) {

    /** What the client was told. */
    public enum Outcome {
        DONE,
        /** The condition did not hold. */
        REFUSED,
        /** It takes effect at any time after it was sent, or never. */
        UNKNOWN
    }

    public Operation {
        if (returned < invoked) {
            throw new IllegalArgumentException("returned at " + returned + ", before it was sent at " + invoked);
        }
        if (outcome == Outcome.UNKNOWN && (action instanceof Action.Read || returned != Long.MAX_VALUE)) {
            throw new IllegalArgumentException(
                    "an unknown outcome is that of a change which never returned: " + action);
        }
        if (outcome == Outcome.REFUSED && !(action instanceof Action.CompareAndSet)) {
            throw new IllegalArgumentException("only a condition is refused, not " + action);
        }
    }

    public static Operation done(int client, Action action, long invoked, long returned, long seq) {
        return new Operation(client, action, Outcome.DONE, invoked, returned, seq);
    }

    public static Operation refused(int client, Action action, long invoked, long returned) {
        return new Operation(client, action, Outcome.REFUSED, invoked, returned, 0);
    }

    public static Operation unknown(int client, Action action, long invoked) {
        return new Operation(client, action, Outcome.UNKNOWN, invoked, Long.MAX_VALUE, 0);
    }

    boolean isKnown() {
        return outcome != Outcome.UNKNOWN;
    }

    /** The value that it leaves or saw; {@link Action#ABSENT} for none. */
    long value() {
        return switch (action) {
            case Action.Read(long value) -> value;
            case Action.Write(long value) -> value;
            case Action.CompareAndSet(long _, long value) -> value;
        };
    }
}
