package io.vectordb.segmentstore.grpc;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.vectordb.disks.DiskSet;
import io.vectordb.disks.DiskSettings;
import io.vectordb.rpc.ErrorServerInterceptor;
import io.vectordb.segmentstore.LostFile;
import io.vectordb.segmentstore.SegmentStore;
import io.vectordb.segmentstore.SegmentStoreSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** A store that is served within the process, over a network that can be made bad. */
final class Node implements AutoCloseable {

    final String name = UUID.randomUUID().toString();
    final FaultyNetwork network = new FaultyNetwork();
    final List<LostFile> lost = Collections.synchronizedList(new ArrayList<>());
    final DiskSet disks;
    final ExecutorService pool = Executors.newFixedThreadPool(2);
    final Executor executor;
    final ManagedChannel channel;
    SegmentStore store;
    private Server server;

    Node(Path folder) throws IOException {
        this(folder, null);
    }

    Node(Path folder, @Nullable Executor other) throws IOException {
        executor = other == null ? pool : other;
        disks = DiskSet.open(DiskSettings.of(folder.getFileName().toString(), List.of(folder)));
        store = SegmentStore.open(disks, SegmentStoreSettings.DEFAULT, lost::add);
        server = serve();
        channel = InProcessChannelBuilder.forName(name).build();
    }

    private Server serve() throws IOException {
        return InProcessServerBuilder.forName(name)
                .addService(new SegmentGrpcService(store, executor))
                .intercept(network)
                .intercept(new ErrorServerInterceptor())
                .build()
                .start();
    }

    /** As a process does: uploads under way are forgotten, files stay. */
    void restart() throws IOException, InterruptedException {
        server.shutdownNow().awaitTermination();
        store.close();
        store = SegmentStore.open(disks, SegmentStoreSettings.DEFAULT, lost::add);
        server = serve();
    }

    @Override
    public void close() {
        channel.shutdownNow();
        server.shutdownNow();
        pool.shutdownNow();
        store.close();
        disks.close();
    }
}
