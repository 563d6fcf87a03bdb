package io.vectordb.e2e.fault;

import io.vectordb.e2e.process.ServerProcess;
import java.time.Duration;
import org.awaitility.Awaitility;

/**
 * The files of one replica are damaged while its process is away. It may be set aside or work on, what others hold must not
 * change; at the end it is replaced by a new replica, which must be like the others.
 */
final class DamagedFollower implements Fault {

    private static final Duration STARTS_WITHIN = Duration.ofMinutes(2);

    private final Damage damage;
    private final FaultCluster cluster;
    private String victim = "";

    DamagedFollower(Damage damage, FaultCluster cluster) {
        this.damage = damage;
        this.cluster = cluster;
    }

    @Override
    public String name() {
        return damage.words() + " at a follower";
    }

    @Override
    public void inject() {
        ServerProcess follower = cluster.follower();
        victim = follower.node();
        if (damage.isOfTables()) {
            // What is in memory and in RocksDB's log becomes a table when it is opened again.
            restart(follower);
        }
        follower.kill();
        damage.strike(new Damage.Replica(follower.folder(), cluster.replicas().collectionUid()));
        restart(follower);
        System.out.printf(
                "%s: %s%n",
                name(),
                cluster.replicas()
                        .of(victim)
                        .map(each -> each.getSetAside().isEmpty() ? "works on" : each.getSetAside())
                        .orElse("has no replica"));
    }

    private void restart(ServerProcess follower) {
        if (follower.isAlive()) {
            follower.kill();
        }
        follower.start();
        Awaitility.await(victim + " tells of its replica").atMost(STARTS_WITHIN).until(() -> {
            follower.endedWith().ifPresent(_ -> follower.start());
            return cluster.replicas().of(victim).isPresent();
        });
    }

    @Override
    public void heal() {
        cluster.replicas().replace(victim);
        cluster.replicas().awaitAlike();
    }
}
