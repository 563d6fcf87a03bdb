package io.vectordb.raft;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * What a node keeps of a group beside the log: {@code groups/<name>/group.properties} (the phase and the members at the
 * time it was added) and {@code groups/<name>/state} (the state's own folder).
 *
 * <p>The phase makes adding and removing safe against a crash at any point: {@code ADDING} is written before the log is
 * formatted, {@code ACTIVE} after, {@code REMOVING} before anything is deleted. An active group without its log has lost
 * its votes and must not start empty.
 */
record GroupDirectory(GroupId group, Path folder, Path log) {

    private static final String FILE = "group.properties";
    private static final String VERSION = "1";

    enum Phase {
        ADDING,
        ACTIVE,
        REMOVING
    }

    /** The content of the file. */
    record Marker(Phase phase, List<RaftPeerAddress> peers) {}

    static GroupDirectory of(RaftNodeConfig config, GroupId group) {
        return new GroupDirectory(
                group,
                root(config).resolve(group.name()),
                RatisProperties.logDirectory(config).resolve(group.uuid().toString()));
    }

    /** The groups that have a folder, by name. */
    static List<GroupDirectory> list(RaftNodeConfig config) throws IOException {
        if (!Files.isDirectory(root(config))) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(root(config))) {
            return folders.filter(folder -> Files.exists(folder.resolve(FILE)))
                    .map(folder -> of(config, GroupId.of(folder.getFileName().toString())))
                    .sorted((a, b) -> a.group.name().compareTo(b.group.name()))
                    .toList();
        }
    }

    private static Path root(RaftNodeConfig config) {
        return config.dataDir().resolve("groups");
    }

    Path state() {
        return folder.resolve("state");
    }

    boolean hasLog() {
        return Files.isDirectory(log);
    }

    Marker read() throws IOException {
        Properties properties = new Properties();
        properties.load(new StringReader(Files.readString(folder.resolve(FILE))));
        if (!VERSION.equals(properties.getProperty("version"))) {
            throw new IOException(
                    folder.resolve(FILE) + ": expected version " + VERSION + ", found " + properties.get("version"));
        }
        List<RaftPeerAddress> peers = new ArrayList<>();
        for (String peer : properties.getProperty("peers", "").split(",", -1)) {
            int at = peer.indexOf('@');
            if (at < 1) {
                throw new IOException(folder.resolve(FILE) + ": expected node@host:port, found \"" + peer + "\"");
            }
            peers.add(new RaftPeerAddress(peer.substring(0, at), peer.substring(at + 1)));
        }
        return new Marker(
                Phase.valueOf(properties.getProperty("phase", "").toUpperCase(Locale.ROOT)), List.copyOf(peers));
    }

    void write(Phase phase, List<RaftPeerAddress> peers) {
        List<String> members =
                peers.stream().map(p -> p.nodeId() + "@" + p.address()).toList();
        String text = "version=" + VERSION + "\nphase=" + phase.name().toLowerCase(Locale.ROOT) + "\npeers="
                + String.join(",", members) + "\n";
        try {
            DurableFiles.createDirectories(folder);
            DurableFiles.createDirectories(state());
            DurableFiles.write(folder.resolve(FILE), text);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + folder.resolve(FILE), e);
        }
    }

    /** Deletes log and state; the marker goes last, so that a crash in between is finished at the next start. */
    void delete() {
        DurableFiles.deleteTree(log);
        DurableFiles.deleteTree(state());
        DurableFiles.deleteTree(folder);
    }
}
