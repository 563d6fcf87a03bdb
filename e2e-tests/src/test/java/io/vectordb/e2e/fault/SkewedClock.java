package io.vectordb.e2e.fault;

import io.vectordb.e2e.process.ServerProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A node whose clock is wrong, by libfaketime; the clock that only measures durations stays right, as on a real machine.
 * The node is started anew for it and once more at the end.
 */
final class SkewedClock implements Fault {

    private final Supplier<ServerProcess> choice;
    private final Duration skew;
    private Optional<ServerProcess> victim = Optional.empty();

    SkewedClock(Supplier<ServerProcess> choice, Duration skew) {
        this.choice = choice;
        this.skew = skew;
    }

    /** The library, where it is installed. */
    static Optional<Path> library() {
        return Stream.of("x86_64-linux-gnu", "aarch64-linux-gnu", ".")
                .map(part -> Path.of("/usr/lib", part, "faketime/libfaketimeMT.so.1"))
                .filter(Files::exists)
                .findFirst();
    }

    @Override
    public String name() {
        return "the clock of a storage node off by " + skew.toSeconds() + " s";
    }

    @Override
    public void inject() {
        ServerProcess chosen = choice.get();
        victim = Optional.of(chosen);
        restart(
                chosen,
                Map.of(
                        "LD_PRELOAD",
                        library().orElseThrow().toString(),
                        "FAKETIME",
                        (skew.isNegative() ? "" : "+") + skew.toSeconds() + "s",
                        "FAKETIME_DONT_FAKE_MONOTONIC",
                        "1"));
    }

    private static void restart(ServerProcess process, Map<String, String> environment) {
        process.kill();
        process.setEnvironment(environment);
        process.start().awaitReady();
    }

    @Override
    public void heal() {
        victim.ifPresent(each -> restart(each, Map.of()));
    }
}
