package io.vectordb.raft;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Real nodes over loopback in one JVM. */
final class TestCluster implements AutoCloseable {

    static final Duration TIMEOUT = Duration.ofSeconds(10);

    final List<String> fatal = new CopyOnWriteArrayList<>();
    private final Path root;
    private final Map<String, RaftPeerAddress> addresses = new TreeMap<>();
    private final Map<String, RaftNode> nodes = new ConcurrentSkipListMap<>();

    TestCluster(Path root, int size) {
        this.root = root;
        List<ServerSocket> held = new ArrayList<>();
        try {
            for (int i = 1; i <= size; i++) {
                ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                held.add(socket);
                addresses.put("n" + i, RaftPeerAddress.ofNode("n" + i, "127.0.0.1:" + socket.getLocalPort()));
            }
            for (ServerSocket socket : held) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        addresses.keySet().forEach(this::start);
    }

    RaftNode start(String id) {
        RaftNode node = RaftNode.start(
                RaftNodeConfig.ofNode(
                        id,
                        "127.0.0.1",
                        Integer.parseInt(Objects.requireNonNull(addresses.get(id))
                                .address()
                                .substring("127.0.0.1:".length())),
                        root.resolve(id),
                        RaftSettings.withElectionTimeouts(Duration.ofMillis(500), Duration.ofMillis(1_000))
                                .withLogKept(100, 64 << 20)),
                (_, directory) -> new JournalState(directory),
                (group, reason, _) -> fatal.add(id + " " + group + ": " + reason),
                LeadershipListener.NONE);
        nodes.put(id, node);
        return node;
    }

    void stop(String id) {
        Objects.requireNonNull(nodes.remove(id)).close();
    }

    Path directory(String id) {
        return root.resolve(id);
    }

    RaftNode node(String id) {
        return Objects.requireNonNull(nodes.get(id));
    }

    List<RaftNode> nodes() {
        return List.copyOf(nodes.values());
    }

    List<RaftPeerAddress> members() {
        return List.copyOf(addresses.values());
    }

    void addGroup(GroupId group) {
        nodes.values().forEach(node -> node.addGroup(group, members()));
    }

    /** A group of some of the nodes. */
    void addGroup(GroupId group, String... ids) {
        List<RaftPeerAddress> members = List.of(ids).stream().map(this::address).toList();
        List.of(ids).forEach(id -> node(id).addGroup(group, members));
    }

    RaftPeerAddress address(String id) {
        return Objects.requireNonNull(addresses.get(id));
    }

    /** The node that leads and is ready. */
    RaftNode leader(GroupId group) {
        await(() -> nodes.values().stream().anyMatch(node -> leads(node, group)));
        return nodes.values().stream()
                .filter(node -> leads(node, group))
                .findFirst()
                .orElseThrow();
    }

    private static boolean leads(RaftNode node, GroupId group) {
        return node.groups().contains(group) && node.isLeader(group);
    }

    RaftNode follower(GroupId group) {
        RaftNode leader = leader(group);
        RaftNode follower = nodes.values().stream()
                .filter(node -> node != leader && node.groups().contains(group))
                .findFirst()
                .orElseThrow();
        await(() -> follower.leader(group).isPresent());
        return follower;
    }

    /** Adds a word at the leader, wherever it is; does not repeat one whose outcome is unknown. */
    String add(GroupId group, String word) {
        return new String(
                leader(group).submit(group, word.getBytes(UTF_8), TIMEOUT).join(), UTF_8);
    }

    String read(GroupId group) {
        return new String(leader(group).read(group, new byte[0], TIMEOUT).join(), UTF_8);
    }

    /** A full first segment of large commands, then more small ones than are kept beyond a purge. */
    void fillSegments(GroupId group) {
        RaftNode leader = leader(group);
        byte[] large = "x".repeat(RaftSettings.shards().maxCommandBytes()).getBytes(UTF_8);
        for (int i = 0; i < 9; i++) {
            leader.submit(group, large, TIMEOUT).join();
        }
        IntStream.range(0, 2_200)
                .mapToObj(i -> leader.submit(group, ("w" + i).getBytes(UTF_8), TIMEOUT))
                .toList()
                .forEach(CompletableFuture::join);
    }

    /** Whether the log of a node still has what was written first. */
    boolean hasFirstSegment(RaftNode node, GroupId group) {
        Path log = directory(node.nodeId()).resolve("log/" + group.uuid() + "/current");
        try (Stream<Path> files = Files.list(log)) {
            return files.anyMatch(file -> file.getFileName().toString().startsWith("log_0-")
                    || file.getFileName().toString().equals("log_inprogress_0"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<String> words(RaftNode node, GroupId group) {
        return ((JournalState) node.state(group)).words();
    }

    static VectorDbException failure(Runnable call) {
        try {
            call.run();
        } catch (CompletionException e) {
            if (e.getCause() instanceof VectorDbException known) {
                return known;
            }
            throw e;
        } catch (VectorDbException e) {
            return e;
        }
        throw new AssertionError("expected a failure such as " + ErrorCode.NOT_LEADER);
    }

    static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("The condition did not come true in 20 s");
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    @Override
    public void close() {
        List<CompletableFuture<Void>> closing = nodes.values().stream()
                .map(node -> CompletableFuture.runAsync(node::close))
                .toList();
        closing.forEach(CompletableFuture::join);
    }
}
