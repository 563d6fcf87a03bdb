package io.vectordb.e2e.fault;

import io.vectordb.e2e.process.ServerProcess;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;

/**
 * One replica is damaged at the worst moment: when what was acknowledged last is on it and on the leader only, and the
 * leader dies. If the damaged replica now voted with the third one, which was away, they would agree on a past without those
 * writes.
 */
final class DamagedReplica implements Fault {

    private final Damage damage;
    private final FaultCluster cluster;
    private final FaultRun run;
    private final int away;
    private String victim = "";

    DamagedReplica(Damage damage, FaultCluster cluster, FaultRun run, Random random) {
        this.damage = damage;
        this.cluster = cluster;
        this.run = run;
        this.away = random.nextInt(2);
    }

    @Override
    public String name() {
        return damage.words() + " on a follower, with the only other copy of the last writes away";
    }

    @Override
    public void inject() {
        ServerProcess leader = cluster.leader();
        List<ServerProcess> followers =
                cluster.storage().stream().filter(each -> each != leader).toList();
        ServerProcess absent = followers.get(away);
        ServerProcess damaged = followers.get(1 - away);
        if (damage.isOfTables()) {
            // What is in memory and in RocksDB's log becomes a table when it is opened again.
            damaged.kill();
            damaged.start().awaitReady();
            run.awaitAnswers();
        }
        absent.kill();
        run.awaitAnswers();
        List.of(leader, damaged).parallelStream().forEach(ServerProcess::kill);
        victim = damaged.node();
        damage.strike(new Damage.Replica(damaged.folder(), cluster.replicas().collectionUid()));
        absent.start();
        damaged.start();
        absent.awaitReady();
        awaitSettled(damaged);
    }

    /** It may be ready, refuse the replica, or end: long enough for an election in each case. */
    private static void awaitSettled(ServerProcess damaged) {
        long begun = System.nanoTime();
        Awaitility.await(damaged.node() + " has made up its mind")
                .atMost(Duration.ofSeconds(60))
                .until(() -> !damaged.isAlive()
                        || damaged.isReady()
                        || System.nanoTime() - begun > Duration.ofSeconds(30).toNanos());
    }

    @Override
    public void heal() {
        cluster.storage().stream().filter(each -> !each.isAlive()).forEach(ServerProcess::start);
        cluster.replicas().replace(victim);
        cluster.replicas().awaitAlike();
    }
}
