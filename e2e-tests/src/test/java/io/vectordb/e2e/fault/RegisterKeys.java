package io.vectordb.e2e.fault;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A few keys that all clients fight for, replaced by new ones before their histories grow too long to be judged. Thread-safe. */
final class RegisterKeys {

    private static final int KEYS = 3;
    private static final int MOST_OPERATIONS = 120;
    /** Each doubles the worst case of the checker. */
    private static final int MOST_UNKNOWN = 6;

    private final List<Register> active = new ArrayList<>();
    private final String prefix;
    private int made;

    RegisterKeys(String prefix) {
        this.prefix = prefix;
        for (int i = 0; i < KEYS; i++) {
            active.add(next());
        }
    }

    /** One key, with what is needed to write values to it that nobody wrote before. */
    static final class Register {

        private final String key;
        private final AtomicLong lastValue = new AtomicLong();
        private final AtomicInteger operations = new AtomicInteger();
        private final AtomicInteger unknown = new AtomicInteger();

        private Register(String key) {
            this.key = key;
        }

        String key() {
            return key;
        }

        long newValue() {
            return lastValue.incrementAndGet();
        }

        void unknown() {
            unknown.incrementAndGet();
        }

        private boolean isWornOut() {
            return operations.incrementAndGet() > MOST_OPERATIONS || unknown.get() >= MOST_UNKNOWN;
        }
    }

    private Register next() {
        return new Register(prefix + made++);
    }

    synchronized Register pick(SplittableRandom random) {
        int slot = random.nextInt(KEYS);
        if (active.get(slot).isWornOut()) {
            active.set(slot, next());
        }
        return active.get(slot);
    }
}
