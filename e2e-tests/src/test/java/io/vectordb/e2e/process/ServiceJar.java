package io.vectordb.e2e.process;

import io.vectordb.e2e.Checkout;
import io.vectordb.testkit.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What a service is started from.
 *
 * @param flags for the JVM, to start it with this jar
 */
record ServiceJar(Path file, List<String> flags) {

    private static final long WARM_UP_SECONDS = 120;
    private static final Map<String, ServiceJar> WARM = new HashMap<>();

    ServiceJar {
        flags = List.copyOf(flags);
    }

    /** As it is shipped. */
    static ServiceJar shipped(String service) {
        return new ServiceJar(Checkout.executableJar(service), List.of());
    }

    /**
     * A storage node that starts in a third of the time, for tests that start it often: unpacked, and with the classes that
     * it loaded in a first start (JEP 514). That start is made once by each JVM of tests.
     */
    static synchronized ServiceJar warmStorageNode() {
        return WARM.computeIfAbsent("storage-node", ServiceJar::warmUp);
    }

    private static ServiceJar warmUp(String service) {
        Path folder = Checkout.root().resolve("e2e-tests/target/warm").resolve(service);
        Folders.delete(folder);
        Path shipped = Checkout.executableJar(service);
        Path cache = folder.resolve("classes.aot");
        Path unpacked = folder.resolve("unpacked");
        List<String> extract =
                List.of("-Djarmode=tools", "-jar", shipped.toString(), "extract", "--destination", unpacked.toString());
        Path jar = unpacked.resolve(shipped.getFileName());
        List<String> first = new ArrayList<>(ServerProcess.FLAGS);
        first.addAll(List.of("-XX:AOTCacheOutput=" + cache, "-Dspring.context.exit=onRefresh", "-jar", jar.toString()));
        first.addAll(List.of(
                "--server.port=" + Ports.free(),
                "--vectordb.rpc.port=" + Ports.free(),
                "--vectordb.cluster.metadata-address=127.0.0.1:" + Ports.free(),
                "--vectordb.storage.raft-port=" + Ports.free(),
                "--vectordb.storage.data-dir=" + folder.resolve("data")));
        boolean isWarm = java(folder, extract) && java(folder, first) && Files.exists(cache);
        return isWarm ? new ServiceJar(jar, List.of("-XX:AOTCache=" + cache)) : shipped(service);
    }

    private static boolean java(Path folder, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(arguments);
        try {
            Files.createDirectories(folder);
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            folder.resolve("warm-up.log").toFile()))
                    .start();
            if (process.waitFor(WARM_UP_SECONDS, TimeUnit.SECONDS)) {
                return process.exitValue() == 0;
            }
            process.destroyForcibly();
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
