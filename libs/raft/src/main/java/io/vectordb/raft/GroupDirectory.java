package io.vectordb.raft;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a node keeps of a group beside the log: {@code groups/<name>/group.properties} (the phase and the members at the
 * time it was added) and {@code groups/<name>/state} (the state's own folder). Beside them lie, for a while, {@code
 * incoming} (a copy of another replica's state that becomes this one's), {@code incoming.tmp} (one that is being
 * fetched), {@code replaced} (the state before) and {@code outgoing} (copies that others fetch).
 *
 * <p>The phase makes adding and removing safe against a crash at any point: {@code ADDING} is written before the log is
 * formatted, {@code ACTIVE} after, {@code REMOVING} before anything is deleted. An active group without its log has lost
 * its votes and must not start empty.
 */
record GroupDirectory(GroupId group, Path folder, Path log) {

    private static final String FILE = "group.properties";
    private static final String VERSION = "1";
    private static final String POSITION_FILE = "copied.position";

    enum Phase {
        ADDING,
        ACTIVE,
        /** The group goes on under another name: not started, kept until it is removed. */
        RETIRED,
        REMOVING
    }

    /**
     * The content of the file.
     *
     * @param peers the voters at the time
     * @param listener this node, when it was added to listen
     */
    record Marker(Phase phase, List<RaftPeerAddress> peers, Optional<RaftPeerAddress> listener) {

        Marker in(Phase next) {
            return new Marker(next, peers, listener);
        }
    }

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

    /** Where a copy of the state is written that is not complete yet. */
    Path incomingDraft() {
        return folder.resolve("incoming.tmp");
    }

    /** A complete copy of the state, to become it. */
    Path incoming() {
        return folder.resolve("incoming");
    }

    private Path replaced() {
        return folder.resolve("replaced");
    }

    /** Where the copies lie that other replicas fetch. */
    Path outgoing() {
        return folder.resolve("outgoing");
    }

    /** Makes the draft the copy that the next {@link #finishInstall} takes: from here on it is never lost. */
    void completeIncoming(LogPosition position) throws IOException {
        DurableFiles.write(incomingDraft().resolve(POSITION_FILE), position.term() + " " + position.index() + "\n");
        DurableFiles.syncTree(incomingDraft());
        Files.move(incomingDraft(), incoming(), StandardCopyOption.ATOMIC_MOVE);
        DurableFiles.syncDirectory(folder);
    }

    /**
     * Puts a complete copy in the place of the state, or goes on with that after a crash, and deletes what is half of
     * something. Called while the state is closed.
     *
     * <p>A copy that is complete is always taken, since Ratis may have emptied the log for it already.
     */
    void finishInstall() throws IOException {
        DurableFiles.deleteTree(outgoing());
        DurableFiles.deleteTree(incomingDraft());
        if (Files.exists(incoming())) {
            DurableFiles.deleteTree(replaced());
            if (Files.exists(state())) {
                Files.move(state(), replaced(), StandardCopyOption.ATOMIC_MOVE);
                DurableFiles.syncDirectory(folder);
            }
            Files.move(incoming(), state(), StandardCopyOption.ATOMIC_MOVE);
            DurableFiles.syncDirectory(folder);
        }
        DurableFiles.deleteTree(replaced());
    }

    /** The index as of which the state was copied from another replica, so that its log may begin behind it; else -1. */
    long copiedIndex() throws IOException {
        Path file = state().resolve(POSITION_FILE);
        if (!Files.exists(file)) {
            return LogPosition.NONE.index();
        }
        return Long.parseLong(Files.readString(file).strip().split(" ", -1)[1]);
    }

    /** Notes that the state is a copy as of this position. */
    void noteCopied(LogPosition position) throws IOException {
        DurableFiles.write(state().resolve(POSITION_FILE), position.term() + " " + position.index() + "\n");
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
        String listener = properties.getProperty("listener", "");
        return new Marker(
                Phase.valueOf(properties.getProperty("phase", "").toUpperCase(Locale.ROOT)),
                peers(properties.getProperty("peers", "")),
                listener.isEmpty()
                        ? Optional.empty()
                        : Optional.of(peers(listener).getFirst()));
    }

    private List<RaftPeerAddress> peers(String text) throws IOException {
        List<RaftPeerAddress> peers = new ArrayList<>();
        for (String peer : text.split(",", -1)) {
            int at = peer.indexOf('@');
            if (at < 1) {
                throw new IOException(folder.resolve(FILE) + ": expected node@host:port, found \"" + peer + "\"");
            }
            peers.add(new RaftPeerAddress(ServerId.parse(peer.substring(0, at)), peer.substring(at + 1)));
        }
        return List.copyOf(peers);
    }

    void write(Marker marker) {
        String text = "version=" + VERSION + "\nphase=" + marker.phase().name().toLowerCase(Locale.ROOT) + "\npeers="
                + marker.peers().stream().map(GroupDirectory::text).collect(Collectors.joining(",")) + "\n"
                + marker.listener().map(peer -> "listener=" + text(peer) + "\n").orElse("");
        try {
            DurableFiles.createDirectories(folder);
            DurableFiles.createDirectories(state());
            DurableFiles.write(folder.resolve(FILE), text);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + folder.resolve(FILE), e);
        }
    }

    private static String text(RaftPeerAddress peer) {
        return peer.server() + "@" + peer.address();
    }

    /** Deletes log and state, and copies of it; the marker goes last, so that a crash in between is finished at the next start. */
    void delete() {
        DurableFiles.deleteTree(log);
        for (Path part : List.of(state(), incoming(), incomingDraft(), replaced(), outgoing())) {
            DurableFiles.deleteTree(part);
        }
        DurableFiles.deleteTree(folder);
    }
}
