package io.vectordb.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;

/** Runs classes that fail, as Maven would: the extension is found by the settings of this module. */
class SeedReporterTest {

    static class DrawsInAField {

        final long seed = Seeds.next(DrawsInAField.class);

        @Test
        void fails() {
            throw new IllegalStateException(Long.toString(seed));
        }

        @Test
        void failsToo() {
            throw new IllegalStateException(Long.toString(seed));
        }
    }

    @Test
    void aFailureNamesTheSeedsOfItsOwnInstanceOnly() {
        List<Throwable> failures = failures(DrawsInAField.class);
        assertThat(failures)
                .hasSize(2)
                .allSatisfy(failure -> assertThat(notes(failure))
                        .containsExactly(
                                "replay with -Dtest.seed=" + failure.getMessage() + " (drawn for DrawsInAField)"));
    }

    static class DrawsInTheTest {

        @Test
        void passes() {
            Seeds.next(DrawsInTheTest.class);
        }

        @Test
        void fails() {
            throw new IllegalStateException(Long.toString(Seeds.next(DrawsInTheTest.class)));
        }

        @Nested
        class Inner {

            @BeforeEach
            void fails() {
                throw new IllegalStateException(Long.toString(Seeds.next(Inner.class)));
            }

            @Test
            void neverBegins() {}
        }
    }

    @Test
    void aFailureNamesTheSeedsDrawnInTheTestAndBeforeIt() {
        List<Throwable> failures = failures(DrawsInTheTest.class);
        assertThat(failures)
                .hasSize(2)
                .allSatisfy(failure -> assertThat(notes(failure))
                        .singleElement()
                        .asString()
                        .contains("-Dtest.seed=" + failure.getMessage() + " "));
    }

    static class FailsToBeCreated {

        FailsToBeCreated() {
            throw new IllegalStateException(Long.toString(Seeds.next(FailsToBeCreated.class)));
        }

        @Test
        void neverBegins() {}
    }

    @Test
    void aFailureToCreateTheInstanceNamesTheSeed() {
        Throwable failure = failures(FailsToBeCreated.class).getFirst();
        assertThat(notes(failure)).singleElement().asString().contains("-Dtest.seed=" + failure.getMessage() + " ");
    }

    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    static class DrawsForTheClass {

        final long seed = Seeds.next(DrawsForTheClass.class);

        @Test
        void fails() {
            throw new IllegalStateException(Long.toString(seed));
        }

        @Test
        void failsToo() {
            throw new IllegalStateException(Long.toString(seed));
        }
    }

    @Test
    void everyFailureOfAClassNamesTheSeedOfTheClass() {
        List<Throwable> failures = failures(DrawsForTheClass.class);
        assertThat(failures)
                .hasSize(2)
                .allSatisfy(failure -> assertThat(notes(failure))
                        .containsExactly(
                                "replay with -Dtest.seed=" + failure.getMessage() + " (drawn for DrawsForTheClass)"));
    }

    static class FailsAsAWhole {

        @BeforeAll
        static void fails() {
            throw new IllegalStateException(Long.toString(Seeds.next(FailsAsAWhole.class)));
        }

        @Test
        void neverBegins() {}
    }

    @Test
    void aFailureOfTheWholeClassNamesTheSeed() {
        Throwable failure = failures(FailsAsAWhole.class).getFirst();
        assertThat(notes(failure)).singleElement().asString().contains("-Dtest.seed=" + failure.getMessage() + " ");
    }

    static class DrawsNothing {

        @Test
        void fails() {
            throw new IllegalStateException();
        }
    }

    @Test
    void aFailureWithoutSeedsIsLeftAsItIs() {
        List<Throwable> failures = failures(DrawsForTheClass.class, FailsAsAWhole.class, DrawsNothing.class);
        assertThat(failures).hasSize(4);
        assertThat(notes(failures.getLast())).isEmpty();
    }

    /** What the classes fail with, one after the other on a thread that runs no test yet. */
    private static List<Throwable> failures(Class<?>... tests) {
        EngineTestKit.Builder run = EngineTestKit.engine("junit-jupiter").enableImplicitConfigurationParameters(true);
        for (Class<?> test : tests) {
            run.selectors(selectClass(test));
        }
        EngineExecutionResults results = CompletableFuture.supplyAsync(
                        run::execute, task -> Thread.ofPlatform().start(task))
                .join();
        return results.allEvents()
                .failed()
                .map(event -> event.getRequiredPayload(TestExecutionResult.class)
                        .getThrowable()
                        .orElseThrow())
                .toList();
    }

    private static List<String> notes(Throwable failure) {
        return Arrays.stream(failure.getSuppressed())
                .map(note -> Objects.requireNonNull(note.getMessage()))
                .toList();
    }
}
