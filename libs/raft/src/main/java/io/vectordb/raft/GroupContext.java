package io.vectordb.raft;

import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the groups of a node share.
 *
 * @param senders threads that read copies for other replicas
 * @param askers threads that wait for answers of other replicas
 * @param receivers threads that fetch copies; each is held for as long as a copy takes, so that few are fetched at once
 */
record GroupContext(
        RaftSettings settings,
        FatalErrorHandler fatal,
        LeadershipListener leadership,
        ExecutorService senders,
        ExecutorService receivers,
        ExecutorService askers) {

    private static final int SENDERS = 2;
    private static final int RECEIVERS = 2;
    private static final int ASKERS = 4;
    private static final long CLOSE_SECONDS = 10;
    private static final Logger LOG = LoggerFactory.getLogger(GroupContext.class);

    static GroupContext of(RaftNodeConfig config, FatalErrorHandler fatal, LeadershipListener leadership) {
        return new GroupContext(
                config.settings(),
                fatal,
                leadership,
                pool(SENDERS, "raft-copy-send-" + config.server() + "-"),
                pool(RECEIVERS, "raft-copy-receive-" + config.server() + "-"),
                pool(ASKERS, "raft-ask-" + config.server() + "-"));
    }

    private static ExecutorService pool(int threads, String name) {
        return Executors.newFixedThreadPool(
                threads, Thread.ofPlatform().daemon().name(name, 0).factory());
    }

    /** Interrupts what is under way and waits for its end, so that nobody writes into folders that are let go. */
    void close() {
        List<ExecutorService> pools = List.of(senders, receivers, askers);
        pools.forEach(ExecutorService::shutdownNow);
        for (ExecutorService pool : pools) {
            try {
                if (!pool.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                    LOG.warn("Copies or questions between replicas did not end in {} s", CLOSE_SECONDS);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
