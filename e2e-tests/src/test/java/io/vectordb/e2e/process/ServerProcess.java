package io.vectordb.e2e.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * One service in a process of its own on loopback, which can be killed and started again with the same ports and data.
 *
 * <p>Every process is killed when the JVM of the tests ends, however that comes. For one thread.
 */
public final class ServerProcess implements AutoCloseable {

    /** What a busy machine with two cores may take. */
    static final Duration STARTS_WITHIN = Duration.ofSeconds(120);

    private static final Duration ENDS_WITHIN = Duration.ofSeconds(60);

    static final List<String> FLAGS = List.of(
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:+ExitOnOutOfMemoryError",
            "-Dai.djl.offline=true");
    private static final int TAIL_LINES = 30;
    private static final Set<Process> LIVE = ConcurrentHashMap.newKeySet();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> LIVE.forEach(Process::destroyForcibly)));
    }

    /**
     * How a process is run.
     *
     * @param heap such as {@code 256m}
     * @param environment beside that of the tests
     * @param folder its own, for data and the tokenizer's native library
     * @param log appended to by every run
     */
    record Spec(
            String node,
            ServiceJar jar,
            String heap,
            Placement placement,
            int httpPort,
            List<String> arguments,
            Map<String, String> environment,
            Path folder,
            Path log) {}

    private final Spec spec;

    private @Nullable Process process;

    ServerProcess(Spec spec) {
        this.spec = spec;
    }

    public String node() {
        return spec.node();
    }

    /** Its own folder, with all of its data. */
    public Path folder() {
        return spec.folder();
    }

    int httpPort() {
        return spec.httpPort();
    }

    /** Starts it without waiting. */
    public ServerProcess start() {
        List<String> command = new ArrayList<>(spec.placement().launcher());
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx" + spec.heap());
        command.addAll(FLAGS);
        command.addAll(spec.jar().flags());
        command.addAll(List.of("-jar", spec.jar().file().toString()));
        command.addAll(List.of("--server.address=" + spec.placement().host(), "--server.port=" + spec.httpPort()));
        command.addAll(spec.arguments());
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(spec.log().toFile()));
        builder.environment().put("DJL_CACHE_DIR", spec.folder().resolve("djl").toString());
        builder.environment().putAll(spec.environment());
        try {
            Files.createDirectories(spec.folder());
            Process started = builder.start();
            LIVE.add(started);
            process = started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** Whether it was started and has not ended, be it by itself. */
    public boolean isAlive() {
        Process running = process;
        return running != null && running.isAlive();
    }

    /** The exit status, if it was started and has ended by itself. */
    public OptionalInt endedWith() {
        Process running = process;
        return running == null || running.isAlive() ? OptionalInt.empty() : OptionalInt.of(running.exitValue());
    }

    /** SIGSTOP: it does nothing until {@link #resume}. */
    public void pause() {
        signal("STOP");
    }

    /** SIGCONT. */
    public void resume() {
        signal("CONT");
    }

    private void signal(String name) {
        long pid = Objects.requireNonNull(process, "not started").pid();
        Commands.run("kill", "-" + name, String.valueOf(pid));
    }

    /** SIGKILL, and waits until it is gone. */
    public void kill() {
        Objects.requireNonNull(process, "not started").destroyForcibly();
        awaitEnd();
    }

    /** SIGTERM, and waits until it is gone: it may hand over and end in order. */
    public void terminate() {
        signal("TERM");
        awaitEnd();
    }

    private void awaitEnd() {
        Process running = Objects.requireNonNull(process, "not started");
        try {
            if (!running.waitFor(ENDS_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException(node() + " does not end:\n" + logTail());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        LIVE.remove(running);
        process = null;
    }

    /** Waits until its readiness probe says yes; fails at once when the process ends. */
    public ServerProcess awaitReady() {
        Awaitility.await(node() + " is ready")
                .atMost(STARTS_WITHIN)
                .pollInterval(Duration.ofMillis(100))
                .failFast(() -> {
                    Process running = process;
                    if (running == null || !running.isAlive()) {
                        throw new IllegalStateException(node() + " ended before it was ready:\n" + logTail());
                    }
                })
                .until(this::isReady);
        return this;
    }

    public boolean isReady() {
        return get("/actuator/health/readiness").isPresent();
    }

    /** The value of a gauge without labels, 0 while it does not answer. */
    public double gauge(String name) {
        return get("/actuator/prometheus").stream()
                .flatMap(String::lines)
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElse(0);
    }

    private Optional<String> get(String path) {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://" + spec.placement().host() + ":" + spec.httpPort() + path))
                .timeout(Duration.ofSeconds(5))
                .build();
        try {
            var answer = HTTP.send(request, BodyHandlers.ofString());
            return answer.statusCode() == 200 ? Optional.of(answer.body()) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The last lines it logged, for the message of a failure. */
    public String logTail() {
        try {
            List<String> lines = Files.readAllLines(spec.log());
            return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
        } catch (IOException e) {
            return "no log: " + e;
        }
    }

    @Override
    public void close() {
        if (process != null) {
            kill();
        }
    }
}
