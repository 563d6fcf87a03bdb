package io.vectordb.backup;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Is told of bytes as they are read or written. May hold the caller to slow it down, and throw to end the work.
 */
@FunctionalInterface
public interface Pace {

    /** Neither slows nor ends anything. */
    Pace FREE = _ -> {};

    void passed(long bytes);

    /** Both, one after the other. */
    default Pace and(Pace other) {
        return bytes -> {
            passed(bytes);
            other.passed(bytes);
        };
    }

    /** At most so many bytes a second, of all threads that use it together; 0: any number. */
    static Pace limit(long bytesPerSecond) {
        return bytesPerSecond == 0 ? FREE : new Limit(bytesPerSecond, System::nanoTime, LockSupport::parkNanos);
    }

    /** Each caller reserves its share of the time and waits until that has passed. */
    final class Limit implements Pace {

        private final long bytesPerSecond;
        private final NanoClock clock;
        private final Waiter waiter;
        private long freeAtNanos;

        interface NanoClock {
            long nanos();
        }

        interface Waiter {
            void await(long nanos);
        }

        Limit(long bytesPerSecond, NanoClock clock, Waiter waiter) {
            if (bytesPerSecond < 1) {
                throw new IllegalArgumentException("expected at least 1 byte a second, received " + bytesPerSecond);
            }
            this.bytesPerSecond = bytesPerSecond;
            this.clock = clock;
            this.waiter = waiter;
            this.freeAtNanos = clock.nanos();
        }

        @Override
        public void passed(long bytes) {
            long until = reserve(bytes);
            for (long left = until - clock.nanos();
                    left > 0 && !Thread.currentThread().isInterrupted();
                    left = until - clock.nanos()) {
                waiter.await(left);
            }
        }

        private synchronized long reserve(long bytes) {
            long now = clock.nanos();
            long from = freeAtNanos - now > 0 ? freeAtNanos : now;
            freeAtNanos = from + (long) ((double) bytes / bytesPerSecond * TimeUnit.SECONDS.toNanos(1));
            return freeAtNanos;
        }
    }
}
