package io.vectordb.storagenode;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.common.ErrorCode;
import io.vectordb.rpc.GrpcErrors;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ReadPoolTest {

    @Test
    void moreReadsThanMayWaitAreRefused() {
        CountDownLatch go = new CountDownLatch(1);
        try (ReadPool pool = new ReadPool(1, 1)) {
            CompletableFuture<String> running = pool.submit(() -> held(go));
            TestStorageNode.await(() -> pool.waiting() == 0);
            CompletableFuture<String> waiting = pool.submit(() -> "waited");
            CompletableFuture<String> refused = pool.submit(() -> "never");
            assertThat(GrpcErrors.fromThrowable(refused.exceptionNow()).code()).isEqualTo(ErrorCode.OVERLOADED);
            go.countDown();
            assertThat(running.join()).isEqualTo("held");
            assertThat(waiting.join()).isEqualTo("waited");
        }
    }

    private static String held(CountDownLatch go) {
        try {
            go.await();
            return "held";
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
