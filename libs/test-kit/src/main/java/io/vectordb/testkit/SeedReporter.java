package io.vectordb.testkit;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestInstanceFactoryContext;
import org.junit.jupiter.api.extension.TestInstancePreConstructCallback;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * Names the seeds of {@link Seeds} in the report of a failed test, or of a class that fails as a whole. JUnit registers it
 * by itself wherever this module is on the class path.
 */
public final class SeedReporter
        implements TestInstancePreConstructCallback, BeforeEachCallback, TestWatcher, AfterAllCallback {

    /** The instance of a single test is the first thing of that test; one for the whole class belongs to the class. */
    @Override
    public void preConstructTestInstance(TestInstanceFactoryContext instance, ExtensionContext context) {
        if (context.getTestInstanceLifecycle().equals(Optional.of(Lifecycle.PER_METHOD))) {
            DrawnSeeds.ofThisThread().beginTest();
        }
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        DrawnSeeds.ofThisThread().beginTest();
    }

    @Override
    public void testSuccessful(ExtensionContext context) {
        DrawnSeeds.ofThisThread().endTest();
    }

    @Override
    public void testAborted(ExtensionContext context, @Nullable Throwable cause) {
        DrawnSeeds.ofThisThread().endTest();
    }

    /** Comes before the report, and also when creating the instance has failed. */
    @Override
    public void testFailed(ExtensionContext context, @Nullable Throwable cause) {
        DrawnSeeds seeds = DrawnSeeds.ofThisThread();
        if (cause != null) {
            seeds.explain(cause);
        }
        seeds.endTest();
    }

    /** A nested class leaves the seeds of those around it. */
    @Override
    public void afterAll(ExtensionContext context) {
        DrawnSeeds seeds = DrawnSeeds.ofThisThread();
        context.getExecutionException().ifPresent(seeds::explain);
        if (context.getParent().flatMap(ExtensionContext::getTestClass).isEmpty()) {
            seeds.endClass();
        }
    }
}
