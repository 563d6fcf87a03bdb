package io.vectordb.metadata.placement.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.metadata.placement.Cause;
import io.vectordb.metadata.placement.PlanLimits;
import io.vectordb.testkit.Seeds;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/**
 * Hundreds of nodes and thousands of shards in simulated time; small by default, large with {@code -Dtest.long=true}. The
 * figures of docs/internals/scaling.md are what it prints.
 */
final class PlacementSimulationTest {

    private static final boolean LONG = Boolean.getBoolean("test.long");
    private static final int NODES = LONG ? 300 : 30;
    private static final int SHARDS = LONG ? 6_000 : 400;
    private static final long HOURS = LONG ? 48 : 26;
    private static final long HOUR = 3_600;
    private static final PlanLimits LIMITS = new PlanLimits(2, LONG ? 120 : 16, 16);

    private final Days days = new Days(Seeds.random(PlacementSimulationTest.class), NODES, SHARDS, LIMITS, HOUR);
    private final PlacementSimulation simulation = days.simulation;

    @Test
    void aClusterUnderLoadAndFailuresStaysEvenAndLosesNothing() {
        days.withFailures(HOURS);
        print("failures");
        SimulationReport report = simulation.report;
        assertThat(simulation.unwhole()).isZero();
        assertThat(simulation.isQuiet()).isTrue();
        assertThat(report.lostByPlanner).isZero();
        assertThat(report.turnedBack).isZero();
        assertThat(report.mostBytesAtEnd).isLessThan(LONG ? 1.25 : 1.4);
    }

    @Test
    void newNodesTakeLittleMoreThanTheirShare() {
        days.addNodes(0, NODES, false);
        days.create(0);
        days.run(2);
        double before = simulation.report.bytes();
        long start = simulation.now();
        simulation.note("a third more nodes");
        days.addNodes(NODES, NODES / 3, false);
        double mean = simulation.nodes.values().stream()
                        .mapToDouble(SimulatedNode::used)
                        .sum()
                / simulation.nodes.size();
        double least = mean * (NODES / 3);
        long end = runUntilQuiet();
        double moved = simulation.report.bytes() - before;
        simulation.sample();
        print("growth");
        System.out.printf(
                Locale.ROOT,
                "moved %.2f TB, an even share of the new nodes is %.2f TB (%.2f); %.1f hours, %.1f at full bandwidth%n",
                moved / 1e12,
                least / 1e12,
                moved / least,
                (end - start) / 3600.0,
                least / (NODES / 3) / Days.BYTES_PER_SECOND / 3600);
        assertThat(moved).isLessThan(1.1 * least);
        assertThat(simulation.report.turnedBack).isZero();
        assertThat(simulation.report.mostBytesAtEnd).isLessThan(LONG ? 1.12 : 1.25);
    }

    @Test
    void drainedNodesAreEmptiedByOneCopyOfEachReplica() {
        days.addNodes(0, NODES, false);
        days.create(0);
        days.run(2);
        double before = simulation.report.bytes(Cause.DRAIN);
        long start = simulation.now();
        double onThem = 0;
        for (int i = 0; i < NODES / 10; i++) {
            SimulatedNode node = simulation.node(days.anyUp());
            node.isDraining = true;
            onThem += node.used();
        }
        simulation.note(NODES / 10 + " nodes are drained");
        long end = runUntilQuiet();
        simulation.sample();
        print("drain");
        System.out.printf(
                Locale.ROOT,
                "drained %.2f TB of %.2f TB in %.1f hours, %.2f TB for balance%n",
                (simulation.report.bytes(Cause.DRAIN) - before) / 1e12,
                onThem / 1e12,
                (end - start) / 3600.0,
                simulation.report.bytes(Cause.BYTES) / 1e12);
        assertThat(simulation.report.bytes(Cause.DRAIN) - before).isLessThan(1.01 * onThem);
        assertThat(simulation.nodes.values().stream().filter(node -> node.isDraining && node.used() > 0))
                .isEmpty();
    }

    /** Until nothing was copied for ten minutes. */
    private long runUntilQuiet() {
        long last = simulation.now();
        long latest = last + 48 * HOUR;
        while (simulation.now() - last < 600 && simulation.now() < latest) {
            simulation.tick();
            if (!simulation.isQuiet()) {
                last = simulation.now();
            }
        }
        return last;
    }

    private void print(String name) {
        System.out.println(name + ": " + NODES + " nodes, " + Days.ZONES + " zones, " + SHARDS + " shards");
        System.out.println(simulation.report.summary());
    }
}
