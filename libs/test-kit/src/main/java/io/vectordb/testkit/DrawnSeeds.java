package io.vectordb.testkit;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The seeds that the running test and its class have drawn. One per thread: JUnit creates an instance on the thread that
 * then runs its test.
 */
final class DrawnSeeds {

    private static final ThreadLocal<DrawnSeeds> OF_THIS_THREAD = ThreadLocal.withInitial(DrawnSeeds::new);

    private final Set<Draw> ofClass = new LinkedHashSet<>();
    private final Set<Draw> ofTest = new LinkedHashSet<>();
    private boolean inTest;

    private DrawnSeeds() {}

    private record Draw(Class<?> test, long seed) {}

    /** Tells in a stack trace how to repeat the run. It happened nowhere, so it has no stack trace of its own. */
    private static final class Replay extends Exception {

        private static final long serialVersionUID = 1;

        Replay(Draw draw) {
            super(
                    "replay with -Dtest.seed=" + draw.seed() + " (drawn for "
                            + draw.test().getSimpleName() + ")",
                    null,
                    false,
                    false);
        }
    }

    static DrawnSeeds ofThisThread() {
        return OF_THIS_THREAD.get();
    }

    void add(Class<?> test, long seed) {
        (inTest ? ofTest : ofClass).add(new Draw(test, seed));
    }

    /** What is drawn from here on belongs to one test; in a test already it changes nothing. */
    void beginTest() {
        inTest = true;
    }

    void endTest() {
        ofTest.clear();
        inTest = false;
    }

    void endClass() {
        ofClass.clear();
    }

    /** Adds the seeds of the class and of the test to what a report shows of a failure. */
    void explain(Throwable failure) {
        ofClass.forEach(draw -> failure.addSuppressed(new Replay(draw)));
        ofTest.forEach(draw -> failure.addSuppressed(new Replay(draw)));
    }
}
