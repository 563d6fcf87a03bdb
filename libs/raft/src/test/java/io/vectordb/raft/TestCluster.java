package io.vectordb.raft;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.testkit.FileTrees;
import io.vectordb.testkit.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.ToIntBiFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Real nodes over loopback in one JVM. */
final class TestCluster implements AutoCloseable {

    /** Of what has to happen: a busy machine takes long for it, and only a failure costs all of it. */
    static final Duration TIMEOUT = Duration.ofSeconds(60);

    final List<String> fatal = new CopyOnWriteArrayList<>();
    private final Path root;
    private final Map<String, RaftPeerAddress> addresses = new TreeMap<>();
    private final Map<String, Integer> ports = new TreeMap<>();
    private final Map<String, RaftNode> nodes = new ConcurrentSkipListMap<>();

    TestCluster(Path root, int size) {
        this(root, size, (_, port) -> port);
    }

    /** @param reachedAt through which port the others reach a node that listens at this one */
    TestCluster(Path root, int size, ToIntBiFunction<String, Integer> reachedAt) {
        this.root = root;
        for (int i = 1; i <= size; i++) {
            String id = "n" + i;
            int port = Ports.free();
            ports.put(id, port);
            addresses.put(id, RaftPeerAddress.ofNode(id, "127.0.0.1:" + reachedAt.applyAsInt(id, port)));
        }
        addresses.keySet().forEach(this::start);
    }

    RaftNode start(String id) {
        RaftNode node = RaftNode.start(
                RaftNodeConfig.ofNode(
                        id,
                        "127.0.0.1",
                        Objects.requireNonNull(ports.get(id)),
                        root.resolve(id),
                        // Calm elections, as in production: a busy machine must not cost a test its leader.
                        RaftSettings.shards().withLogKept(100, 64 << 20)),
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
        AtomicReference<@Nullable RaftNode> leader = new AtomicReference<>();
        await(() -> {
            leader.set(nodes.values().stream()
                    .filter(node -> leads(node, group))
                    .findFirst()
                    .orElse(null));
            return leader.get() != null;
        });
        return Objects.requireNonNull(leader.get());
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
        return atLeader(group, leader -> leader.submit(group, word.getBytes(UTF_8), TIMEOUT));
    }

    String read(GroupId group) {
        return atLeader(group, leader -> leader.read(group, new byte[0], TIMEOUT));
    }

    /** Asks whoever leads, and again where that one has lost its office before it did anything. */
    private String atLeader(GroupId group, Function<RaftNode, CompletableFuture<byte[]>> call) {
        AtomicReference<@Nullable String> answer = new AtomicReference<>();
        await(() -> {
            try {
                answer.set(new String(call.apply(leader(group)).join(), UTF_8));
                return true;
            } catch (CompletionException e) {
                if (e.getCause() instanceof VectorDbException known && isNothingDone(known)) {
                    return false;
                }
                throw e;
            }
        });
        return Objects.requireNonNull(answer.get());
    }

    private static boolean isNothingDone(VectorDbException failure) {
        return (failure.code() == ErrorCode.NOT_LEADER || failure.code() == ErrorCode.SHARD_UNAVAILABLE)
                && !failure.metadata().containsKey("outcome");
    }

    /** All there is of a node's files at about this moment; some may come and go meanwhile. */
    List<Path> files(String id) {
        return FileTrees.list(directory(id));
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
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("The condition did not come true in " + TIMEOUT);
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
        nodes.clear();
    }
}
