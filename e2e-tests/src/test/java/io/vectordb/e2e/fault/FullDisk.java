package io.vectordb.e2e.fault;

import io.vectordb.e2e.process.Commands;
import io.vectordb.e2e.process.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.awaitility.Awaitility;

/** Somebody else's file takes all the room that nodes on {@link DiskImages} had, until they end; it goes when they heal. */
final class FullDisk implements Fault {

    private static final String FILE = "filler";
    private static final long BLOCK = 4_096;
    private static final Duration NOTICED_WITHIN = Duration.ofSeconds(60);

    private final String name;
    private final Supplier<List<ServerProcess>> choice;
    private List<ServerProcess> victims = List.of();

    FullDisk(String name, Supplier<List<ServerProcess>> choice) {
        this.name = name;
        this.choice = choice;
    }

    @Override
    public String name() {
        return "the disk of " + name + " full";
    }

    @Override
    public void inject() {
        victims = choice.get();
        long begun = System.nanoTime();
        victims.forEach(victim -> fill(victim.folder().resolve(FILE)));
        Awaitility.await("nodes end that cannot write their log")
                .atMost(NOTICED_WITHIN)
                .until(() -> victims.stream().noneMatch(ServerProcess::isAlive));
        System.out.printf("%s: ended after %d ms%n", name(), (System.nanoTime() - begun) / 1_000_000);
    }

    /** To the last block, reserved and not written. */
    private static void fill(Path file) {
        long step = file.toFile().getParentFile().getUsableSpace();
        long bytes = 0;
        while (step >= BLOCK) {
            try {
                Commands.run("fallocate", "--length", String.valueOf(bytes + step), file.toString());
                bytes += step;
            } catch (IllegalStateException e) {
                step /= 2;
            }
        }
    }

    @Override
    public void heal() {
        for (ServerProcess victim : victims) {
            try {
                Files.deleteIfExists(victim.folder().resolve(FILE));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        // One that was started while there was no room may have set its replica aside, or ended again.
        victims.stream().filter(ServerProcess::isAlive).forEach(ServerProcess::kill);
        victims.forEach(ServerProcess::start);
        victims.forEach(ServerProcess::awaitReady);
    }
}
