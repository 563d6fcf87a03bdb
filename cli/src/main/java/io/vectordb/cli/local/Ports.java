package io.vectordb.cli.local;

import io.vectordb.cli.terminal.CliException;
import io.vectordb.cli.terminal.ExitCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Ports of this machine. */
public final class Ports {

    private Ports() {}

    /**
     * Fails unless every port of every process can be bound now and none is planned twice.
     *
     * @param hints by use of the port ({@code http}, {@code grpc}, …) which flag chooses another
     */
    public static void requireFree(List<ProcessSpec> processes, String host, Map<String, String> hints) {
        Set<Integer> seen = new HashSet<>();
        forEach(processes, hints, (process, use, port, hint) -> {
            if (!seen.add(port)) {
                throw new CliException(
                        ExitCode.USAGE, "port " + port + " is planned twice; choose another with " + hint);
            }
        });
        forEach(
                processes,
                hints,
                (process, use, port, hint) -> requireFree(port, host, use + " of " + process.node(), hint));
    }

    private interface Check {
        void of(ProcessSpec process, String use, int port, String hint);
    }

    private static void forEach(List<ProcessSpec> processes, Map<String, String> hints, Check check) {
        for (ProcessSpec process : processes) {
            process.ports()
                    .forEach((use, port) -> check.of(process, use, port, hints.getOrDefault(use, "--base-port N")));
        }
    }

    private static void requireFree(int port, String host, String what, String hint) {
        if (port < 1 || port > 65_535) {
            throw new CliException(ExitCode.USAGE, "port " + port + " is not between 1 and 65535");
        }
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getByName(host), port));
        } catch (BindException e) {
            String reason = String.valueOf(e.getMessage());
            throw new CliException(
                    ExitCode.CONFLICT,
                    reason.contains("in use")
                            ? "port " + port + " (" + what + ") is taken by another program; choose another with "
                                    + hint
                            : "cannot bind " + host + ":" + port + " (" + what + "): " + reason);
        } catch (IOException e) {
            throw new CliException(ExitCode.USAGE, "cannot bind " + host + ":" + port + ": " + e.getMessage());
        }
    }

    /** A port that nobody uses right now. */
    public static int free() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
