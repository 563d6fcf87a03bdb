package io.vectordb.e2e.process;

import io.vectordb.testkit.Ports;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** All services in one process, with a data folder of its own. */
public final class StandaloneServer implements AutoCloseable {

    private final Path folder;
    private final int grpcPort;
    private final ServerProcess process;

    private StandaloneServer(String test) {
        folder = Folders.scratch(test);
        grpcPort = Ports.free();
        process = new ServerProcess(new ServerProcess.Spec(
                "standalone",
                ServiceJar.shipped("standalone"),
                "512m",
                Placement.LOOPBACK,
                Ports.free(),
                List.of(
                        "--spring.grpc.server.address=127.0.0.1",
                        "--spring.grpc.server.port=" + grpcPort,
                        "--vectordb.data-dir=" + folder.resolve("data"),
                        "--vectordb.backup.folders=" + folder.resolve("backups")),
                Map.of(),
                folder,
                Folders.logs(test).resolve("standalone.log")));
    }

    /** Starts one and waits until it is ready. */
    public static StandaloneServer start(String test) {
        StandaloneServer server = new StandaloneServer(test);
        server.process.start().awaitReady();
        return server;
    }

    public ServerProcess process() {
        return process;
    }

    public URI rest() {
        return URI.create("http://127.0.0.1:" + process.httpPort());
    }

    public int grpcPort() {
        return grpcPort;
    }

    @Override
    public void close() {
        process.close();
        Folders.delete(folder);
    }
}
