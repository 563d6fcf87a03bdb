package io.vectordb.cli.local;

import java.nio.file.Path;
import java.util.List;

/** The Java virtual machine that this program runs on, which also runs the services. */
final class Jvm {

    /** What every service needs: the incubating Vector API, and native code of RocksDB and ONNX. */
    static final List<String> FLAGS = List.of(
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+ExitOnOutOfMemoryError",
            "-Dai.djl.offline=true",
            "-Dfile.encoding=UTF-8");

    private Jvm() {}

    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** Vendor and version: a cache of one JVM is of no use to another. */
    static String identity() {
        return System.getProperty("java.vendor") + " " + Runtime.version();
    }
}
