package io.vectordb.metadata.placement;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Clusters of chance, from tiny to some dozen nodes, in every state that a rule of the planner speaks of. */
final class RandomClusters {

    static final long GB = 1_000_000_000L;

    private final Random random;

    RandomClusters(Random random) {
        this.random = random;
    }

    /** Anything goes. */
    ClusterModel any() {
        int zones = 1 + random.nextInt(4);
        List<StorageNode> nodes = new ArrayList<>();
        int count = 1 + random.nextInt(14);
        for (int i = 0; i < count; i++) {
            nodes.add(new StorageNode("s" + i, zone(zones), anyState(), disks(i)));
        }
        List<Shard> shards = new ArrayList<>();
        int shardCount = random.nextInt(60);
        for (int i = 0; i < shardCount; i++) {
            shards.add(anyShard(i, nodes));
        }
        return new ClusterModel(nodes, shards, transfers(nodes, shards), indexNodes(zones), assignments(shards));
    }

    private List<Transfer> transfers(List<StorageNode> nodes, List<Shard> shards) {
        List<Transfer> transfers = new ArrayList<>();
        for (Shard shard : shards) {
            StorageNode target = nodes.get(random.nextInt(nodes.size()));
            boolean isThere =
                    shard.replicas().stream().anyMatch(each -> each.node().equals(target.id()));
            if (random.nextInt(10) == 0 && !isThere && !shard.replicas().isEmpty()) {
                transfers.add(new Transfer(
                        shard.uid(),
                        shard.replicas().getFirst().node(),
                        new Replica(target.id(), target.disks().getFirst().id()),
                        Cause.BYTES));
            }
        }
        return transfers;
    }

    private String zone(int zones) {
        return zones == 1 ? "" : "z" + random.nextInt(zones);
    }

    private NodeState anyState() {
        int draw = random.nextInt(24);
        return draw < NodeState.values().length ? NodeState.values()[draw] : NodeState.UP;
    }

    private List<Disk> disks(int node) {
        List<Disk> disks = new ArrayList<>();
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            long total = (100 + random.nextInt(400)) * GB;
            double used = random.nextInt(4) == 0 ? 0.8 + 0.2 * random.nextDouble() : 0.8 * random.nextDouble();
            disks.add(disk("d" + node + i, total, (long) (total * (1 - used))));
        }
        return disks;
    }

    static Disk disk(String id, long total, long free) {
        double used = 1 - (double) free / total;
        DiskLevel level = used >= 0.95
                ? DiskLevel.REJECT_WRITES
                : used >= 0.90 ? DiskLevel.MOVE_AWAY : used >= 0.85 ? DiskLevel.NO_NEW_REPLICAS : DiskLevel.NORMAL;
        return new Disk(id, total, free, level);
    }

    private Shard anyShard(int number, List<StorageNode> nodes) {
        List<StorageNode> shuffled = new ArrayList<>(nodes);
        Collections.shuffle(shuffled, random);
        List<Replica> replicas = shuffled.stream()
                .limit(1 + random.nextInt(Math.min(5, nodes.size())))
                .map(node -> new Replica(node.id(), anyDisk(node)))
                .toList();
        return new Shard(
                "c-" + number,
                1 + random.nextInt(5),
                replicas,
                random.nextInt(5) == 0
                        ? ""
                        : replicas.get(random.nextInt(replicas.size())).node(),
                random.nextInt(5) == 0 ? 0 : (long) (random.nextDouble() * 20 * GB),
                random.nextInt(3) == 0 ? 0 : 1_000 * random.nextDouble(),
                random.nextInt(10) == 0);
    }

    private String anyDisk(StorageNode node) {
        return switch (random.nextInt(20)) {
            case 0 -> "gone";
            case 1 -> "";
            default -> node.disks().get(random.nextInt(node.disks().size())).id();
        };
    }

    private List<IndexNode> indexNodes(int zones) {
        boolean isMemoryKnown = random.nextBoolean();
        List<IndexNode> nodes = new ArrayList<>();
        int count = random.nextInt(6);
        for (int i = 0; i < count; i++) {
            nodes.add(new IndexNode("i" + i, zone(zones), anyState(), isMemoryKnown ? 64 * GB : 0));
        }
        return nodes;
    }

    private List<IndexAssignment> assignments(List<Shard> shards) {
        return shards.stream()
                .map(shard -> {
                    List<String> nodes = new ArrayList<>(List.of("i0", "i1", "i2", "i3", "i4"));
                    Collections.shuffle(nodes, random);
                    return new IndexAssignment(
                            shard.uid(),
                            1 + random.nextInt(2),
                            nodes.subList(0, random.nextInt(4)),
                            shard.bytes() / 3,
                            random.nextInt(10) == 0);
                })
                .toList();
    }

    /** Whole, with enough nodes in every zone, and as uneven as chance has it: balance can be reached. */
    ClusterModel uneven(boolean isLoaded) {
        int zones = 1 + random.nextInt(4);
        int perZone = 4 + random.nextInt(8);
        List<StorageNode> nodes = new ArrayList<>();
        for (int i = 0; i < zones * perZone; i++) {
            nodes.add(new StorageNode(
                    "s" + i, "z" + i % zones, NodeState.UP, List.of(disk("d" + i, 4_000 * GB, 3_000 * GB))));
        }
        List<Shard> shards = new ArrayList<>();
        int count = nodes.size() * (4 + random.nextInt(12));
        for (int i = 0; i < count; i++) {
            List<StorageNode> chosen = skewed(nodes, zones);
            shards.add(new Shard(
                    "c-" + i,
                    3,
                    chosen.stream()
                            .map(node -> new Replica(
                                    node.id(), node.disks().getFirst().id()))
                            .toList(),
                    chosen.getFirst().id(),
                    (long) ((1 + 9 * random.nextDouble()) * GB),
                    isLoaded ? -200 * Math.log(1 - random.nextDouble()) : 0,
                    false));
        }
        return ClusterModel.of(nodes, shards);
    }

    /** Three nodes, spread over the zones, mostly the first ones of each. */
    private List<StorageNode> skewed(List<StorageNode> nodes, int zones) {
        List<StorageNode> chosen = new ArrayList<>();
        int first = random.nextInt(zones);
        while (chosen.size() < 3) {
            int zone = (first + chosen.size()) % zones;
            int inZone = (int) (nodes.size() / zones * Math.pow(random.nextDouble(), 2));
            StorageNode node = nodes.get(inZone * zones + zone);
            if (!chosen.contains(node)) {
                chosen.add(node);
            }
        }
        return chosen;
    }

    ClusterModel shuffled(ClusterModel model) {
        return new ClusterModel(
                shuffled(model.storageNodes()),
                shuffled(model.shards()),
                model.transfers(),
                shuffled(model.indexNodes()),
                shuffled(model.indexAssignments()));
    }

    private <T> List<T> shuffled(List<T> list) {
        List<T> copy = new ArrayList<>(list);
        Collections.shuffle(copy, random);
        return copy;
    }
}
