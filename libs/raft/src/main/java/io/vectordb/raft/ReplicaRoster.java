package io.vectordb.raft;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/**
 * The groups that have, or had, a replica in a node's data folder: the file {@code replicas}, one name a line, replaced
 * as a whole. A name enters before the replica is made and leaves after it was removed; so a replica whose own folder is
 * gone is missed, and not founded again with an empty log and no memory of its votes. Used under a lock.
 */
final class ReplicaRoster {

    private final Path file;
    private final Set<String> names;

    ReplicaRoster(RaftNodeConfig config) {
        this.file = config.dataDir().resolve("replicas");
        this.names = new TreeSet<>();
        try {
            if (Files.exists(file)) {
                names.addAll(Files.readAllLines(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file, e);
        }
    }

    Set<String> names() {
        return Set.copyOf(names);
    }

    void add(GroupId group) {
        if (names.add(group.name())) {
            write();
        }
    }

    void remove(GroupId group) {
        if (names.remove(group.name())) {
            write();
        }
    }

    private void write() {
        try {
            DurableFiles.write(file, names.isEmpty() ? "" : String.join("\n", names) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + file, e);
        }
    }
}
