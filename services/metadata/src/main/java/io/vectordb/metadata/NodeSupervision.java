package io.vectordb.metadata;

import com.google.protobuf.util.Durations;
import io.vectordb.common.ClusterSettings;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.ListHeartbeatsResponse;
import io.vectordb.internal.metadata.v1.MetadataCommand;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.internal.metadata.v1.SetNodeStates;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings what the {@link FailureDetector} concludes into the log, while this member leads. Thread-safe. */
final class NodeSupervision implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(NodeSupervision.class);
    private static final long PERIOD_MILLIS = 500;
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final MetadataLog log;
    private final FailureDetector detector;
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("metadata-nodes").factory());
    private boolean led;

    NodeSupervision(MetadataLog log) {
        this.log = log;
        this.detector = new FailureDetector(() -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
        executor.scheduleWithFixedDelay(this::check, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** A node has given a sign of life here, where the leader is. */
    void heard(Node node) {
        detector.heard(node.getId(), node.getBootId(), settings(log.state()));
    }

    /** Since when each node is silent. */
    ListHeartbeatsResponse heartbeats() {
        ListHeartbeatsResponse.Builder heartbeats = ListHeartbeatsResponse.newBuilder();
        for (String id : log.state().nodes().keySet()) {
            heartbeats
                    .addHeartbeatsBuilder()
                    .setNode(id)
                    .setSince(Durations.fromMillis(detector.silence(id).toMillis()));
        }
        return heartbeats.build();
    }

    private static ClusterSettings settings(MetadataState state) {
        return ClusterSettings.of(state.control().getSettingsMap());
    }

    private void check() {
        try {
            boolean leads = log.isLeader();
            if (leads && !led) {
                detector.begin();
            }
            led = leads;
            if (leads) {
                MetadataState state = log.state();
                detector.check(state, settings(state)).ifPresent(this::submit);
            }
        } catch (VectorDbException | CompletionException e) {
            LOG.warn("the states of nodes could not be changed: {}", e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("the states of nodes could not be checked", e);
        }
    }

    private void submit(SetNodeStates states) {
        for (SetNodeStates.Change change : states.getChangesList()) {
            LOG.info("node {}: {} after {} {}", change.getId(), change.getTo(), change.getFrom(), change.getReason());
        }
        if (states.getMissingTogether() > 0) {
            LOG.warn("{} nodes are missing together: none is taken for dead", states.getMissingTogether());
        }
        log.submit(MetadataCommand.newBuilder().setSetNodeStates(states), TIMEOUT)
                .join();
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
