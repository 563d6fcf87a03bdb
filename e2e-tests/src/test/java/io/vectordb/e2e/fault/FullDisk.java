package io.vectordb.e2e.fault;

import io.vectordb.e2e.process.ServerProcess;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.awaitility.Awaitility;

/** Somebody else's file takes all the room that nodes on {@link SmallDisks} had; it goes at the end. */
final class FullDisk implements Fault {

    private static final String FILE = "filler";
    private static final int STEP = 4 << 10;

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
        victims.forEach(victim -> fill(victim.folder().resolve(FILE)));
    }

    private static void fill(Path file) {
        byte[] block = new byte[STEP];
        long room = file.getParent() == null ? 0 : file.toFile().getParentFile().getTotalSpace();
        try (OutputStream out = Files.newOutputStream(file)) {
            for (long written = 0; written < room; written += STEP) {
                out.write(block);
            }
        } catch (IOException e) {
            if (file.toFile().getUsableSpace() > STEP) {
                throw new UncheckedIOException(e);
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
        for (ServerProcess victim : victims) {
            Awaitility.await(victim.node() + " is ready after there is room again")
                    .atMost(Duration.ofMinutes(2))
                    .until(() -> {
                        if (victim.endedWith().isPresent()) {
                            victim.start();
                        }
                        return victim.isReady();
                    });
        }
    }
}
