package io.vectordb.benchmarks.peer;

import io.vectordb.benchmarks.data.Dataset;
import io.vectordb.benchmarks.engine.EngineMain;
import io.vectordb.benchmarks.engine.Engines;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

/** All engines there are, and how to start those that this machine has. */
public final class Catalog {

    /** The one that ratios are given to. */
    public static final String REFERENCE = "hnswlib";

    /** Flags of every JVM in which an engine runs, the heap aside. */
    public static final List<String> JVM_FLAGS = List.of(
            "-XX:+UseParallelGC",
            "-XX:MinHeapFreeRatio=10",
            "-XX:MaxHeapFreeRatio=30",
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow");

    private static final String FAISS_DRIVER = "faiss_peer.py";
    private static final String FAISS_INSTALL =
            "install the Python package faiss-cpu (and numpy), or name the interpreter that has it with --python";

    private final Dataset dataset;
    private final Settings settings;
    private final Consumer<String> progress;

    public Catalog(Dataset dataset, Settings settings, Consumer<String> progress) {
        this.dataset = dataset;
        this.settings = settings;
        this.progress = progress;
    }

    /**
     * How engines are started.
     *
     * @param folder for compiled drivers
     * @param python interpreter that has FAISS
     * @param jvmFlags on top of the usual ones, for every JVM alike
     */
    public record Settings(int m, int efConstruction, Path folder, String python, List<String> jvmFlags) {}

    /** The names of all engines, ours first. */
    public static List<String> names() {
        List<String> names = new ArrayList<>(Engines.OWN);
        names.addAll(List.of(REFERENCE, "faiss", "faiss-sq8", Engines.LUCENE, Engines.JVECTOR));
        return names;
    }

    /** Those of these engines that can be started; of each other one it says how to install it. */
    public List<EngineLaunch> available(Set<String> wanted) throws IOException {
        List<EngineLaunch> launches = new ArrayList<>();
        for (String name : wanted) {
            if (!names().contains(name)) {
                throw new VectorDbException(
                        ErrorCode.INVALID_VALUE,
                        "there is no engine " + name + "; there are " + String.join(", ", names()));
            }
        }
        for (String name : Engines.OWN) {
            if (wanted.contains(name)) {
                launches.add(inJvm(name, Engines.label(name), true));
            }
        }
        if (wanted.contains(REFERENCE)) {
            addHnswlib(launches);
        }
        addFaiss(wanted, launches);
        for (String name : List.of(Engines.LUCENE, Engines.JVECTOR)) {
            if (wanted.contains(name)) {
                launches.add(inJvm(name, Engines.label(name), false));
            }
        }
        return launches;
    }

    private void addHnswlib(List<EngineLaunch> launches) throws IOException {
        if (HnswlibDriver.isAvailable()) {
            String executable = HnswlibDriver.compile(settings.folder()).toString();
            List<String> command = withArguments(List.of(executable));
            command.add(HnswlibDriver.version());
            launches.add(new EngineLaunch(REFERENCE, "hnswlib", false, command));
        } else {
            progress.accept("hnswlib is left out; " + HnswlibDriver.INSTALL);
        }
    }

    private void addFaiss(Set<String> wanted, List<EngineLaunch> launches) throws IOException {
        if (!wanted.contains("faiss") && !wanted.contains("faiss-sq8")) {
            return;
        }
        if (!Programs.run(List.of(settings.python(), "-c", "import faiss, numpy"))
                .succeeded()) {
            progress.accept("FAISS is left out; " + FAISS_INSTALL);
            return;
        }
        Files.createDirectories(settings.folder());
        Path script = settings.folder().resolve(FAISS_DRIVER);
        try (InputStream in = Objects.requireNonNull(Catalog.class.getResourceAsStream(FAISS_DRIVER))) {
            Files.write(script, in.readAllBytes());
        }
        if (wanted.contains("faiss")) {
            launches.add(faiss("faiss", "FAISS HNSW", script, "float"));
        }
        if (wanted.contains("faiss-sq8")) {
            launches.add(faiss("faiss-sq8", "FAISS HNSW SQ8", script, "sq8"));
        }
    }

    private EngineLaunch faiss(String name, String label, Path script, String kind) {
        return new EngineLaunch(name, label, false, withArguments(List.of(settings.python(), script.toString(), kind)));
    }

    private EngineLaunch inJvm(String name, String label, boolean ours) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx" + heapMegabytes() + "m");
        command.addAll(JVM_FLAGS);
        command.addAll(Engines.jvmFlags(name));
        command.addAll(settings.jvmFlags());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), EngineMain.class.getName(), name));
        return new EngineLaunch(name, label, ours, withArguments(command));
    }

    /** Room for the vectors three times over and a gigabyte, so that no engine is short of it. */
    private long heapMegabytes() {
        long vectors = (long) dataset.base().size() * dataset.base().dimension() * Float.BYTES;
        return 1_024 + 3 * (vectors >> 20);
    }

    private List<String> withArguments(List<String> program) {
        List<String> command = new ArrayList<>(program);
        command.add(dataset.base().path().toString());
        command.add(dataset.queries().path().toString());
        command.add(dataset.similarity().word());
        command.add(Integer.toString(settings.m()));
        command.add(Integer.toString(settings.efConstruction()));
        return command;
    }
}
