package io.vectordb.segmentstore.grpc;

import io.grpc.Channel;
import io.vectordb.common.VectorDbException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Nodes that may have a file. One that fails is asked again after the others; one that does not have the file, or has it
 * damaged, is asked no more. One thread.
 */
final class Sources {

    private final Deque<Channel> left;
    private final Attempts attempts;

    Sources(List<? extends Channel> sources, TransferSettings settings) {
        if (sources.isEmpty()) {
            throw new IllegalArgumentException("expected at least one source");
        }
        left = new ArrayDeque<>(sources);
        attempts = new Attempts(settings);
    }

    /** A question to one node. */
    @FunctionalInterface
    interface Ask<T> {
        T of(Channel source) throws RemoteFailure;
    }

    /**
     * The first answer.
     *
     * @param progress of what is asked for, which begins the count of attempts anew when it rises
     * @throws VectorDbException the last failure, when no source is left or it was tried often enough
     */
    <T> T ask(Ask<T> ask, LongSupplier progress) {
        while (true) {
            Channel source = left.removeFirst();
            try {
                return ask.of(source);
            } catch (RemoteFailure e) {
                if (!Attempts.isFinal(e.failure().code())) {
                    left.addLast(source);
                    attempts.failed(e, progress.getAsLong());
                } else if (left.isEmpty()) {
                    throw e.failure();
                }
            }
        }
    }
}
