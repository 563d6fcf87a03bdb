package io.vectordb.indexnode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SearchPoolTest {

    @Test
    void moreSearchesThanMayWaitAreRefused() {
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger done = new AtomicInteger();
        try (SearchPool pool = new SearchPool(1, 1)) {
            pool.execute(() -> hold(go, done));
            FakeStorage.await(() -> pool.waiting() == 0);
            pool.execute(done::incrementAndGet);
            assertThatThrownBy(() -> pool.execute(done::incrementAndGet))
                    .isInstanceOfSatisfying(
                            VectorDbException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OVERLOADED));
            go.countDown();
            FakeStorage.await(() -> done.get() == 2);
        }
    }

    private static void hold(CountDownLatch go, AtomicInteger done) {
        try {
            go.await();
            done.incrementAndGet();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
