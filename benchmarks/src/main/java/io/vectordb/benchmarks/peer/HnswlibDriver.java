package io.vectordb.benchmarks.peer;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** Our C++ program around hnswlib, compiled for the very machine it runs on, and again when it has changed. */
final class HnswlibDriver {

    static final List<String> FLAGS = List.of("-std=c++17", "-O3", "-march=native", "-DNDEBUG", "-pthread");

    static final String INSTALL = "install a C++ compiler and hnswlib, for example apt install g++ libhnswlib-dev";

    private static final String SOURCE = "hnswlib.cpp";
    private static final String HEADER = "hnswlib/hnswlib.h";

    private HnswlibDriver() {}

    /** Whether a compiler is there that finds the header. */
    static boolean isAvailable() {
        return Programs.run(List.of("g++", "-fsyntax-only", "-include", HEADER, "-x", "c++", "/dev/null"))
                .succeeded();
    }

    /** That of Debian's package, where it is one: the header itself does not say. */
    static String version() {
        Programs.Outcome outcome = Programs.run(List.of("dpkg-query", "-W", "-f", "${Version}", "libhnswlib-dev"));
        return outcome.succeeded() ? outcome.output() : "of unknown version";
    }

    /** Compiles into this folder and returns the executable. */
    static Path compile(Path folder) throws IOException {
        Files.createDirectories(folder);
        Path source = folder.resolve(SOURCE);
        Path executable = folder.resolve("hnswlib");
        byte[] text;
        try (InputStream in = Objects.requireNonNull(HnswlibDriver.class.getResourceAsStream(SOURCE))) {
            text = in.readAllBytes();
        }
        if (Files.isExecutable(executable) && Arrays.equals(text, Files.readAllBytes(source))) {
            return executable;
        }
        Files.write(source, text);
        List<String> command = new ArrayList<>(List.of("g++"));
        command.addAll(FLAGS);
        command.addAll(List.of(source.toString(), "-o", executable.toString()));
        Programs.Outcome outcome = Programs.run(command);
        if (!outcome.succeeded()) {
            Files.deleteIfExists(executable);
            throw new VectorDbException(
                    ErrorCode.INTERNAL, "cannot compile the driver of hnswlib: " + outcome.output());
        }
        return executable;
    }
}
