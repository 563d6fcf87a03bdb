package io.vectordb.storagenode;

import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Futures as answers to unary calls. */
final class Answers {

    private Answers() {}

    static <A> void answer(StreamObserver<A> observer, CompletableFuture<A> future) {
        future.whenComplete((response, error) -> {
            if (error != null) {
                observer.onError(
                        error instanceof CompletionException && error.getCause() != null ? error.getCause() : error);
                return;
            }
            observer.onNext(response);
            observer.onCompleted();
        });
    }
}
