package io.vectordb.vectorindex;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class GracePeriodsTest {

    @Test
    void isOverWhenAllThatWereInsideHaveLeftWhoeverHasEnteredSince() {
        GracePeriods periods = new GracePeriods();
        assertThat(periods.isOver()).isTrue();
        int before = periods.enter();
        int nested = periods.enter();
        periods.begin();
        assertThat(periods.isOver()).isFalse();
        int after = periods.enter();
        periods.leave(before);
        assertThat(periods.isOver()).isFalse();
        periods.leave(nested);
        assertThat(periods.isOver()).isTrue();
        periods.begin();
        assertThat(periods.isOver()).isFalse();
        periods.leave(after);
        assertThat(periods.isOver()).isTrue();
    }

    private static final VarHandle CURRENT = MethodHandles.arrayElementVarHandle(Target[].class);

    /** Something that is spoilt when it is believed to be out of reach. */
    private static final class Target {
        int value = 1;
    }

    @Test
    void nothingIsSpoiltWhileSomebodyHoldsIt() throws InterruptedException, ExecutionException {
        GracePeriods periods = new GracePeriods();
        Target[] current = {new Target()};
        AtomicBoolean done = new AtomicBoolean();
        try (ExecutorService executor = Executors.newFixedThreadPool(4)) {
            List<Future<Integer>> readers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                readers.add(executor.submit(() -> {
                    int spoilt = 0;
                    while (!done.get()) {
                        int counter = periods.enter();
                        Target target = (Target) CURRENT.getVolatile(current, 0);
                        for (int look = 0; look < 50; look++) {
                            spoilt += target.value == 1 ? 0 : 1;
                            Thread.onSpinWait();
                        }
                        periods.leave(counter);
                    }
                    return spoilt;
                }));
            }
            try {
                // With fewer cores than threads a reader may be off its core inside, and then a period lasts a while.
                long end = System.nanoTime() + 1_000_000_000L;
                for (int i = 0; i < 20_000 && System.nanoTime() < end; i++) {
                    Target old = (Target) CURRENT.getAndSet(current, 0, new Target());
                    periods.begin();
                    while (!periods.isOver()) {
                        Thread.yield();
                    }
                    old.value = 0;
                }
            } finally {
                done.set(true);
            }
            for (Future<Integer> reader : readers) {
                assertThat(reader.get()).isZero();
            }
        }
    }
}
