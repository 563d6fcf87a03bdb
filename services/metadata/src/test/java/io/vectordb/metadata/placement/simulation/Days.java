package io.vectordb.metadata.placement.simulation;

import io.vectordb.metadata.placement.NodeState;
import io.vectordb.metadata.placement.PlanLimits;
import io.vectordb.metadata.placement.Replica;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;

/** Days of a cluster: its nodes and shards, and what befalls them. */
final class Days {

    static final int ZONES = 5;
    static final double BYTES_PER_SECOND = 100e6;
    private static final long HOUR = 3_600;
    private static final double GB = 1e9;

    final PlacementSimulation simulation;
    private final Random random;
    private final int nodes;
    private final int shards;

    Days(Random random, int nodes, int shards, PlanLimits limits, long restSeconds) {
        this.random = random;
        this.nodes = nodes;
        this.shards = shards;
        this.simulation = new PlacementSimulation(limits, BYTES_PER_SECOND, restSeconds);
    }

    /** Growth under skewed load that shifts, nodes that restart, die, come and go, zones that are lost; then six hours of rest. */
    void withFailures(long hours) {
        addNodes(0, nodes, true);
        create(0.08);
        for (long tick = 0; tick < hours * HOUR / PlacementSimulation.TICK; tick++) {
            events();
            simulation.tick();
        }
        simulation.shards.values().forEach(shard -> shard.bytesPerSecond = 0);
        simulation.note("no more growth and failures");
        run(6);
    }

    private void events() {
        long now = simulation.now();
        restartSomeNode();
        if (now % HOUR != 0) {
            return;
        }
        long hour = now / HOUR;
        if (hour % 6 == 0) {
            shiftLoad();
        }
        if (hour % 5 == 2) {
            String id = anyUp();
            simulation.note("node " + id + " fails for good");
            simulation.node(id).failForGood(now);
        }
        if (hour == 6) {
            zoneFails("z1", 5 * 60);
        } else if (hour == 9) {
            zoneFails("z2", 40 * 60);
        } else if (hour == 14) {
            simulation.note("a fifth more nodes");
            addNodes(nodes, nodes / 5, true);
        } else if (hour == 20) {
            for (int i = 0; i < Math.max(1, nodes / 50); i++) {
                String id = anyUp();
                simulation.note("node " + id + " is drained");
                simulation.node(id).isDraining = true;
            }
        }
    }

    /** Each node every other day, for one to fifteen minutes: the longest are taken for dead. */
    private void restartSomeNode() {
        if (random.nextDouble() < nodes * PlacementSimulation.TICK / (48.0 * HOUR)) {
            simulation.node(anyUp()).fail(simulation.now(), 60 + random.nextInt(14 * 60));
        }
    }

    private void zoneFails(String zone, long seconds) {
        simulation.note("zone " + zone + " fails for " + seconds / 60 + " minutes");
        simulation.nodes.values().stream()
                .filter(node -> node.zone.equals(zone) && node.isReachable())
                .forEach(node -> node.fail(simulation.now(), seconds));
    }

    String anyUp() {
        List<String> up = simulation.nodes.values().stream()
                .filter(node -> node.state(simulation.now()) == NodeState.UP)
                .map(node -> node.id)
                .toList();
        return up.get(random.nextInt(up.size()));
    }

    void run(long hours) {
        long end = simulation.now() + hours * HOUR;
        while (simulation.now() < end) {
            simulation.tick();
        }
    }

    void addNodes(int from, int count, boolean isMixed) {
        for (int i = from; i < from + count; i++) {
            long disk = isMixed && i % 3 == 0 ? 2_000_000_000_000L : 1_000_000_000_000L;
            simulation.add(new SimulatedNode(String.format(Locale.ROOT, "s%03d", i), "z" + i % ZONES, 2, disk));
        }
    }

    /** @param growth of the mean shard, GB an hour */
    void create(double growth) {
        List<SimulatedShard> made = new ArrayList<>(IntStream.range(0, shards)
                .mapToObj(i -> new SimulatedShard(String.format(Locale.ROOT, "c-%05d", i), 3, skewed(8, 0.5) * GB))
                .toList());
        simulation.create(made);
        for (SimulatedShard shard : simulation.shards.values()) {
            shard.bytesPerSecond = skewed(growth, 1) * GB / HOUR;
            shard.load = skewed(30, 1);
            shard.toldLoad = shard.load;
            shard.leader = shard.replicas.stream()
                    .map(Replica::node)
                    .skip(random.nextInt(3))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** One in twenty shards is ten times as busy as others, and grows ten times as fast. */
    private void shiftLoad() {
        for (SimulatedShard shard : simulation.shards.values()) {
            int hot = random.nextInt(20) == 0 ? 10 : 1;
            shard.bytesPerSecond = hot * skewed(0.08, 1) * GB / HOUR;
            shard.load = hot * skewed(30, 1);
        }
    }

    /** Log-normal with this mean. */
    private double skewed(double mean, double sigma) {
        return mean * Math.exp(sigma * random.nextGaussian() - sigma * sigma / 2);
    }
}
