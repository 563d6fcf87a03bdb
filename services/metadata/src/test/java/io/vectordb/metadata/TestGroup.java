package io.vectordb.metadata;

import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.vectordb.rpc.ChannelFactory;
import io.vectordb.rpc.ErrorServerInterceptor;
import io.vectordb.rpc.MetadataClient;
import io.vectordb.testkit.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;

/** Members of one metadata group, each with its servers on loopback, in one JVM. */
final class TestGroup implements AutoCloseable {

    private static final Duration REBALANCE_PERIOD = Duration.ofSeconds(5);

    final List<String> fatal = new CopyOnWriteArrayList<>();
    final ChannelFactory channels = new ChannelFactory();
    final MetadataClient client;
    private final Path root;
    private final List<MetadataMembers.Member> list;
    private final Map<String, Running> running = new TreeMap<>();

    /** One that runs. */
    record Running(MetadataLog log, WatchHub hub, NodeSupervision nodes, Server server) {

        void stop() {
            hub.stop();
            server.shutdownNow();
            nodes.close();
            log.close();
            hub.close();
        }
    }

    TestGroup(Path root, int size) {
        this.root = root;
        this.list = IntStream.rangeClosed(1, size)
                .mapToObj(i -> new MetadataMembers.Member("m" + i, "127.0.0.1", Ports.free(), Ports.free()))
                .toList();
        this.client = new MetadataClient(
                channels, list.stream().map(MetadataMembers.Member::rpcAddress).toList());
    }

    /** Starts all of them and waits until they are ready. */
    TestGroup start() {
        ids().forEach(this::start);
        ids().forEach(id ->
                TestMetadata.await(() -> member(id).log().notReadyBecause().isEmpty()));
        return this;
    }

    List<String> ids() {
        return list.stream().map(MetadataMembers.Member::id).toList();
    }

    Path folder(String id) {
        return root.resolve(id);
    }

    Running start(String id) {
        MetadataMembers.Member self = new MetadataMembers(id, list).find(id).orElseThrow();
        WatchHub hub = new WatchHub();
        MetadataLog log = MetadataLog.open(
                new MetadataProperties(
                        folder(id),
                        "127.0.0.1",
                        0,
                        id,
                        list.stream()
                                .map(each -> each.id() + "@" + each.rpcAddress() + ":" + each.raftPort())
                                .toList(),
                        0,
                        REBALANCE_PERIOD),
                hub,
                channels,
                InstantSource.system(),
                (group, reason, _) -> fatal.add(id + " " + group + ": " + reason));
        NodeSupervision nodes = new NodeSupervision(log);
        // Not started: it answers, and moves nothing by itself.
        Rebalancer rebalancer = new Rebalancer(log, new StorageNodes(channels, log::state), REBALANCE_PERIOD);
        try {
            Server server = Grpc.newServerBuilderForPort(self.rpcPort(), InsecureServerCredentials.create())
                    .addService(new MetadataGrpcService(log, hub, nodes, rebalancer, 0))
                    .intercept(new ErrorServerInterceptor())
                    .build()
                    .start();
            Running started = new Running(log, hub, nodes, server);
            running.put(id, started);
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Running member(String id) {
        return Objects.requireNonNull(running.get(id), id);
    }

    /** As a kill would, but for what is already under way. */
    void stop(String id) {
        Objects.requireNonNull(running.remove(id), id).stop();
    }

    /** Who leads and is ready; waits for an election. */
    String leader() {
        TestMetadata.await(
                () -> running.values().stream().anyMatch(each -> each.log().isLeader()));
        return running.entrySet().stream()
                .filter(each -> each.getValue().log().isLeader())
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseGet(this::leader);
    }

    @Override
    public void close() {
        client.close();
        channels.close();
        running.values().forEach(Running::stop);
    }
}
