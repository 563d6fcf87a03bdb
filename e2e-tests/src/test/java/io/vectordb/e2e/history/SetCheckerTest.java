package io.vectordb.e2e.history;

import static io.vectordb.e2e.history.Operation.done;
import static io.vectordb.e2e.history.Operation.unknown;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SetCheckerTest {

    private static final Operation ADDED = done(0, new Action.Write(1), 1, 2, 0);
    private static final Operation PERHAPS_ADDED = unknown(0, new Action.Write(1), 1);
    private static final Operation REMOVED = done(0, new Action.Write(Action.ABSENT), 11, 12, 0);
    private static final Operation PERHAPS_REMOVED = unknown(0, new Action.Write(Action.ABSENT), 11);

    @Test
    void whatWasAddedIsListed() {
        assertThat(check(List.of("a"), ADDED)).isEmpty();
        assertThat(check(List.of(), ADDED)).singleElement().asString().startsWith("lost: a");
    }

    @Test
    void whatWasRemovedIsNotListed() {
        assertThat(check(List.of(), ADDED, REMOVED)).isEmpty();
        assertThat(check(List.of("a"), ADDED, REMOVED))
                .singleElement()
                .asString()
                .startsWith("resurrected: a");
        assertThat(check(List.of("a"), PERHAPS_ADDED, REMOVED))
                .singleElement()
                .asString()
                .startsWith("resurrected: a");
    }

    @Test
    void whatMayHaveHappenedGoesEitherWay() {
        assertThat(check(List.of("a"), PERHAPS_ADDED)).isEmpty();
        assertThat(check(List.of(), PERHAPS_ADDED)).isEmpty();
        assertThat(check(List.of("a"), ADDED, PERHAPS_REMOVED)).isEmpty();
        assertThat(check(List.of(), ADDED, PERHAPS_REMOVED)).isEmpty();
    }

    @Test
    void nothingIsListedTwiceOrMadeUp() {
        assertThat(check(List.of("a", "a"), ADDED)).singleElement().asString().startsWith("duplicated: a");
        assertThat(check(List.of("a", "b"), ADDED)).singleElement().asString().startsWith("made up: b");
    }

    @Test
    void readsMeanwhileSeeWhatMustBeThere() {
        assertThat(check(List.of("a"), ADDED, read(1, 3, 4))).isEmpty();
        assertThat(check(List.of("a"), ADDED, read(0, 3, 4)))
                .singleElement()
                .asString()
                .startsWith("lost: a");
        assertThat(check(List.of("a"), PERHAPS_ADDED, read(0, 3, 4))).isEmpty();
        assertThat(check(List.of(), ADDED, REMOVED, read(0, 10, 11))).isEmpty();
        assertThat(check(List.of(), ADDED, REMOVED, read(0, 9, 10)))
                .singleElement()
                .asString()
                .startsWith("lost: a");
    }

    @Test
    void readsMeanwhileSeeNothingThatMustBeGone() {
        assertThat(check(List.of(), ADDED, REMOVED, read(1, 13, 14)))
                .singleElement()
                .asString()
                .startsWith("resurrected: a");
        assertThat(check(List.of("a"), ADDED, read(1, 0, 0)))
                .singleElement()
                .asString()
                .startsWith("made up: a");
    }

    @Test
    void whatWasSeenOnceStaysAndWhatWasSeenToBeGoneStaysGone() {
        assertThat(check(List.of(), PERHAPS_ADDED, read(1, 3, 4)))
                .singleElement()
                .asString()
                .startsWith("lost: a");
        assertThat(check(List.of("a"), ADDED, PERHAPS_REMOVED, read(0, 13, 14)))
                .singleElement()
                .asString()
                .startsWith("resurrected: a");
        assertThat(check(List.of("a"), PERHAPS_ADDED, read(0, 3, 4), read(1, 5, 6)))
                .isEmpty();
    }

    private static Operation read(long value, long invoked, long returned) {
        return done(1, new Action.Read(value), invoked, returned, 0);
    }

    private static List<String> check(List<String> listing, Operation... history) {
        return SetChecker.check(Map.of("a", List.of(history)), listing);
    }
}
