package io.vectordb.e2e.process;

import io.vectordb.testkit.FileTrees;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The index node, which seals, builds and publishes all the time since its segments are tiny, is killed again and again
 * under load, now and then with the leader of the shard; its files are damaged or lost while it is away. At the end every
 * record that was acknowledged is found once, as of its newest version, and no other.
 */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class SegmentKillScenario extends LedgerScenario {

    private static final int ROUNDS = Boolean.getBoolean("test.long") ? 40 : 5;

    SegmentKillScenario() {
        super("segment-kill");
    }

    private enum Loss {
        NOTHING,
        A_BIT_OF_EVERY_FILE,
        EVERYTHING
    }

    @Test
    void whereverTheBuilderOfSegmentsDiesSearchesFindWhatWasAcknowledged() throws IOException {
        ServerProcess index = cluster.node(ClusterProcesses.INDEX);
        workload.run();
        for (int round = 0; round < ROUNDS; round++) {
            if (round % 2 == 0) {
                Awaitility.await("a segment is built").atMost(PATIENCE).until(() -> !files().isEmpty());
            }
            workload.awaitWrites(100 + random.nextInt(400), PATIENCE);
            index.kill();
            Loss loss = Loss.values()[random.nextInt(Loss.values().length)];
            lose(loss);
            System.out.println(
                    "round " + round + ": the index node lost " + loss + ", " + files().size() + " files left");
            if (random.nextInt(3) == 0) {
                ServerProcess leader = cluster.leader();
                leader.kill();
                workload.awaitResumed(PATIENCE);
                leader.start().awaitReady();
            }
            index.start().awaitReady();
        }
        workload.awaitWrites(300, PATIENCE);
        Awaitility.await("a segment is built").atMost(PATIENCE).until(() -> !files().isEmpty());
        workload.settleAndVerify();
    }

    private List<Path> files() {
        return FileTrees.list(cluster.folder(ClusterProcesses.INDEX)).stream()
                .filter(file -> file.getFileName().toString().matches("[0-9a-f]{64}"))
                .toList();
    }

    private void lose(Loss loss) throws IOException {
        for (Path file : files()) {
            switch (loss) {
                case NOTHING -> {}
                case A_BIT_OF_EVERY_FILE -> flipBit(file);
                case EVERYTHING -> Files.delete(file);
            }
        }
    }

    private void flipBit(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            if (channel.size() == 0) {
                return;
            }
            long at = random.nextLong(channel.size());
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, at);
            one.put(0, (byte) (one.get(0) ^ 1 << random.nextInt(Byte.SIZE)));
            channel.write(one.rewind(), at);
        }
    }
}
