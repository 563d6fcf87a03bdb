package io.vectordb.metadata.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.testkit.Seeds;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What holds for all plans, over clusters of chance; with {@code -Dtest.long=true} over many more. */
final class PlacementPlannerRandomizedTest {

    private static final int CLUSTERS = Boolean.getBoolean("test.long") ? 100_000 : 4_000;
    private static final int UNEVEN = Boolean.getBoolean("test.long") ? 1_000 : 60;

    private final Random random = Seeds.random(PlacementPlannerRandomizedTest.class);
    private final RandomClusters clusters = new RandomClusters(random);

    @Test
    void everyPlanKeepsTheRules() {
        for (int i = 0; i < CLUSTERS; i++) {
            ClusterModel model = clusters.any();
            PlanLimits limits = random.nextBoolean()
                    ? PlanLimits.NONE
                    : new PlanLimits(1 + random.nextInt(3), 1 + random.nextInt(12), random.nextInt(4));
            PlanInvariants.check(model, limits, plan(model, limits));
        }
    }

    @Test
    void thePlanDoesNotDependOnTheOrderOfTheInput() {
        for (int i = 0; i < CLUSTERS / 10; i++) {
            ClusterModel model = clusters.any();
            assertThat(plan(clusters.shuffled(model), PlanLimits.DEFAULT)).isEqualTo(plan(model, PlanLimits.DEFAULT));
        }
    }

    @Test
    void plansEndWhateverTheCluster() {
        int most = 0;
        for (int i = 0; i < CLUSTERS / 2; i++) {
            most = Math.max(most, rounds(Outcome.settled(clusters.any()), PlanLimits.NONE, 30));
        }
        System.out.println("plans until there was nothing left to do: " + most + " at most");
    }

    @Test
    void plansEndWithLimitsToo() {
        for (int i = 0; i < CLUSTERS / 10; i++) {
            rounds(Outcome.settled(clusters.any()), new PlanLimits(1, 3, 2), 400);
        }
    }

    private int rounds(ClusterModel start, PlanLimits limits, int allowed) {
        ClusterModel model = start;
        Plan plan = plan(model, limits);
        int round = 0;
        while (!plan.steps().isEmpty()) {
            assertThat(round).as("still plans %s", plan.steps()).isLessThan(allowed);
            PlanInvariants.check(model, limits, plan);
            model = Outcome.of(model, plan.steps());
            plan = plan(model, limits);
            round++;
        }
        return round;
    }

    @Test
    void nodesOfAZoneEndWithinATenthOrOneAndAHalfShardsOfEachOther() {
        for (int i = 0; i < UNEVEN; i++) {
            ClusterModel even = settle(clusters.uneven(false));
            Map<String, Long> bytes = bytes(even);
            for (String zone : zones(even)) {
                List<StorageNode> nodes = even.storageNodes().stream()
                        .filter(node -> node.zone().equals(zone))
                        .sorted(Comparator.comparing(node -> bytes.getOrDefault(node.id(), 0L)))
                        .toList();
                long least = bytes.getOrDefault(nodes.getFirst().id(), 0L);
                long most = bytes.getOrDefault(nodes.getLast().id(), 0L);
                long smallest = smallestOnlyOn(
                        even, nodes.getLast().id(), nodes.getFirst().id());
                assertThat((double) most - least).isLessThanOrEqualTo(Math.max(0.1 * most, 1.5 * smallest));
                double mean = nodes.stream()
                        .mapToLong(node -> bytes.getOrDefault(node.id(), 0L))
                        .average()
                        .orElseThrow();
                assertThat(most - mean).isLessThanOrEqualTo(Math.max(0.12 * mean, 15.0 * RandomClusters.GB));
            }
        }
    }

    private static long smallestOnlyOn(ClusterModel model, String here, String notThere) {
        return model.shards().stream()
                .filter(shard -> isOn(shard, here) && !isOn(shard, notThere))
                .mapToLong(Shard::bytes)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    private static boolean isOn(Shard shard, String node) {
        return shard.replicas().stream().anyMatch(each -> each.node().equals(node));
    }

    @Test
    void loadIsEvenedOutTogetherWithBytes() {
        List<Double> most = new ArrayList<>();
        for (int i = 0; i < UNEVEN; i++) {
            ClusterModel uneven = clusters.uneven(true);
            Plan last = plan(settle(uneven), PlanLimits.NONE);
            assertThat(last.after().mostLoad())
                    .isLessThan(plan(uneven, PlanLimits.NONE).before().mostLoad());
            most.add(last.after().mostLoad());
        }
        assertThat(most.stream().sorted().skip(UNEVEN / 2).findFirst().orElseThrow())
                .isLessThan(1.35);
    }

    @Test
    void whatWasJustPlacedStaysWhereItIs() {
        for (int i = 0; i < CLUSTERS / 10; i++) {
            List<StorageNode> nodes = clusters.uneven(false).storageNodes();
            InitialPlacement placement = new InitialPlacement(ClusterModel.of(nodes, List.of()), PlanRules.DEFAULT);
            List<Shard> shards = new ArrayList<>();
            for (int s = 0; s < nodes.size() * 5; s++) {
                List<Replica> places = placement.place(3);
                shards.add(new Shard("c-" + s, 3, places, places.get(s % 3).node(), RandomClusters.GB, 100, false));
            }
            Plan plan = plan(ClusterModel.of(nodes, shards), PlanLimits.NONE);
            assertThat(plan.steps().stream().filter(PlannedStep.Copies.class::isInstance))
                    .isEmpty();
        }
    }

    private ClusterModel settle(ClusterModel start) {
        ClusterModel model = start;
        for (int round = 0; round < 30; round++) {
            Plan plan = plan(model, PlanLimits.NONE);
            if (plan.steps().isEmpty()) {
                return model;
            }
            model = Outcome.of(model, plan.steps());
        }
        throw new AssertionError("not even after 30 plans");
    }

    private static Map<String, Long> bytes(ClusterModel model) {
        Map<String, Long> bytes = new HashMap<>();
        model.shards()
                .forEach(shard -> shard.replicas().forEach(each -> bytes.merge(each.node(), shard.bytes(), Long::sum)));
        return bytes;
    }

    private static List<String> zones(ClusterModel model) {
        return model.storageNodes().stream().map(StorageNode::zone).distinct().toList();
    }

    private static Plan plan(ClusterModel model, PlanLimits limits) {
        return new PlacementPlanner(PlanRules.DEFAULT, limits).plan(model);
    }
}
