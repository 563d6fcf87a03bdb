package io.vectordb.cli.local;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A service as it is built and run.
 *
 * @param name of its module, such as {@code storage-node}
 * @param heap most heap, such as {@code 512m}
 * @param flags of the JVM beside those all have
 * @param training arguments for a run in a scratch folder that ends before it serves
 */
record ServiceApp(String name, String heap, List<String> flags, Function<Path, List<String>> training) {

    private static final String VERSION = "0.1.0-SNAPSHOT";

    /** The executable jar that the build leaves. */
    Path jar(Path root) {
        return root.resolve("services/" + name + "/target/" + name + "-" + VERSION + "-exec.jar");
    }

    List<String> allFlags() {
        List<String> all = new ArrayList<>(Jvm.FLAGS);
        all.add("-Xmx" + heap);
        all.addAll(flags);
        return List.copyOf(all);
    }
}
