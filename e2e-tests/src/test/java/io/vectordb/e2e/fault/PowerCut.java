package io.vectordb.e2e.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.e2e.process.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Processes die together with all that the operating system had not written to their disks; started again at the end. Each
 * term and vote that a replica had noted must be on its disk.
 */
final class PowerCut implements Fault {

    private final String name;
    private final DiskImages disks;
    private final Supplier<List<ServerProcess>> choice;
    private List<ServerProcess> victims = List.of();

    PowerCut(String name, DiskImages disks, Supplier<List<ServerProcess>> choice) {
        this.name = name;
        this.disks = disks;
        this.choice = choice;
    }

    @Override
    public String name() {
        return "power cut of " + name;
    }

    @Override
    public void inject() {
        victims = choice.get();
        // All stand still first: what one acknowledged may lie on the others, and must be in their copies.
        victims.forEach(ServerProcess::pause);
        Map<ServerProcess, Path> copies = new HashMap<>();
        victims.forEach(victim -> copies.put(victim, disks.copy(victim)));
        copies.forEach((victim, copy) -> {
            Map<String, String> votes = votes(victim.folder());
            victim.kill();
            disks.swap(victim, copy);
            assertThat(votes(victim.folder())).as("votes of " + victim.node()).isEqualTo(votes);
        });
    }

    /** What lies in each {@code raft-meta}, by its place. */
    private static Map<String, String> votes(Path folder) {
        Map<String, String> votes = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder.resolve("log"))) {
            for (Path file : files.filter(each -> each.endsWith("raft-meta")).toList()) {
                votes.put(folder.relativize(file).toString(), Files.readString(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return votes;
    }

    @Override
    public void heal() {
        victims.forEach(ServerProcess::start);
        victims.forEach(ServerProcess::awaitReady);
    }
}
