package io.vectordb.e2e.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/**
 * A shard with two index nodes. At each step of the protocol of segments ({@code docs/internals/segments.md}), before and after
 * it, of segments that are built and of those that are merged, the index node that takes it is killed, or the storage node
 * that leads, under load: strong searches go on at the other index node and find what was acknowledged, and somebody goes on
 * with what was begun.
 */
@Timeout(value = 40, unit = TimeUnit.MINUTES)
class SegmentStepScenario extends LedgerScenario {

    private static final Duration CLAIM = Duration.ofSeconds(4);
    private static final String PUBLISHED = "vectordb_index_segments_published_total";
    private static final int SHORT_BUILDERS = 3;
    private static final int SHORT_LEADERS = 1;

    private static final IndexNodes INDEX =
            new IndexNodes(2, List.of("--vectordb.index.build-claim=" + CLAIM.toMillis() + "ms"), true);

    SegmentStepScenario() {
        super("segment-steps", INDEX);
    }

    private enum Victim {
        INDEX_NODE,
        LEADER
    }

    private record Round(String step, Victim victim) {}

    private static List<String> steps() {
        return Stream.of("build", "merge")
                .flatMap(work -> Stream.of("claim", "seal", "write", "upload", "publish", "take-over")
                        .filter(step -> work.equals("build") || !step.equals("seal"))
                        .flatMap(step -> Stream.of(work + "-" + step + "-before", work + "-" + step + "-after")))
                .toList();
    }

    private List<Round> rounds() {
        List<Round> rounds = new ArrayList<>();
        for (Victim victim : Victim.values()) {
            List<String> steps = new ArrayList<>(steps());
            Collections.shuffle(steps, random);
            int most = victim == Victim.LEADER ? SHORT_LEADERS : SHORT_BUILDERS;
            steps.stream()
                    .limit(Boolean.getBoolean("test.long") ? steps.size() : most)
                    .map(step -> new Round(step, victim))
                    .forEach(rounds::add);
        }
        return rounds;
    }

    @Test
    void whoeverDiesAtWhicheverStepSearchesGoOnAndFindWhatWasAcknowledged() {
        Awaitility.await("both index nodes serve").atMost(PATIENCE).until(this::isServedByBoth);
        workload.run();
        workload.awaitWrites(200, PATIENCE);
        List<String> failures = new ArrayList<>();
        try (StrongSearches searches = new StrongSearches(client, COLLECTION, workload.ledger(), random.split())) {
            for (Round round : rounds()) {
                searches.tally();
                Duration takenOver = run(round);
                StrongSearches.Tally tally = searches.tally();
                System.out.printf(
                        "%s, %s killed: a segment was published %d ms later; %d searches answered, the slowest after %d ms,"
                                + " %d failed%n",
                        round.step(),
                        round.victim(),
                        takenOver.toMillis(),
                        tally.answered(),
                        tally.longest().toMillis(),
                        tally.failures().size());
                tally.failures().forEach(failure -> failures.add(round + ": " + failure));
                assertThat(workload.ledger().violations()).isEmpty();
            }
        }
        assertThat(failures).isEmpty();
        workload.settleAndVerify();
        for (String alone : INDEX.names()) {
            verifyOf(alone);
        }
    }

    /** How long it took until somebody published something after the kill. */
    private Duration run(Round round) {
        List<StepGate> gates = INDEX.names().stream()
                .map(name -> new StepGate(cluster.node(name), round.step()).shut())
                .toList();
        StepGate reached = Awaitility.await("an index node is at " + round.step())
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> gates.stream().filter(StepGate::isReached).findFirst(), found -> found.isPresent())
                .orElseThrow();
        gates.stream().filter(gate -> gate != reached).forEach(StepGate::open);
        return switch (round.victim()) {
            case INDEX_NODE -> killIndexNode(reached);
            case LEADER -> killLeader(reached);
        };
    }

    private Duration killIndexNode(StepGate reached) {
        ServerProcess victim = reached.node();
        List<ServerProcess> others = indexNodes().filter(node -> node != victim).toList();
        double before = published(others);
        victim.kill();
        Duration takenOver = awaitPublished(others, before);
        reached.open();
        victim.start().awaitReady();
        return takenOver;
    }

    private Duration killLeader(StepGate reached) {
        double before = published(indexNodes().toList());
        ServerProcess leader = cluster.leader();
        leader.kill();
        reached.open();
        Duration goneOn = awaitPublished(indexNodes().toList(), before);
        workload.awaitResumed(PATIENCE);
        leader.start().awaitReady();
        return goneOn;
    }

    private Stream<ServerProcess> indexNodes() {
        return INDEX.names().stream().map(cluster::node);
    }

    private static double published(List<ServerProcess> nodes) {
        return nodes.stream().mapToDouble(node -> node.gauge(PUBLISHED)).sum();
    }

    private Duration awaitPublished(List<ServerProcess> nodes, double before) {
        long begun = System.nanoTime();
        Awaitility.await("a segment is published")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> published(nodes) > before);
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    private boolean isServedByBoth() {
        JsonNode views = rest.get("/v1/shards").json().at("/shards/0/views");
        return views.size() == INDEX.count()
                && views.valueStream()
                        .allMatch(view -> view.path("state").asString().equals("serving"));
    }

    /** What one index node answers while no other is there. */
    private void verifyOf(String alone) {
        List<ServerProcess> others =
                indexNodes().filter(node -> !node.node().equals(alone)).toList();
        cluster.node(alone).awaitReady();
        others.forEach(ServerProcess::kill);
        new Audit(rest, COLLECTION, workload.ledger()).verify();
        others.forEach(ServerProcess::start);
    }
}
