package io.vectordb.e2e.history;

/** What a checker says of a history. */
public sealed interface Verdict {

    /** A correct store can have answered so. */
    record Correct() implements Verdict {}

    /** No correct store answers so. */
    record Wrong(String why) implements Verdict {}

    /** Too many operations at once, or too many of unknown outcome, to find out. */
    record Undecided(long steps) implements Verdict {}
}
