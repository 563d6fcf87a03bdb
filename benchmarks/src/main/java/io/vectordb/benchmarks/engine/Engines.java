package io.vectordb.benchmarks.engine;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.vectorindex.Quantization;
import io.vectordb.vectorindex.kernel.KernelProvider;
import java.io.IOException;
import java.util.List;

/** The engines that run in a JVM, by the names of the command line and the report. */
public final class Engines {

    /** The configurations of ours, the usual one first. */
    public static final List<String> OWN = List.of(
            "vectordb", "vectordb-java", "vectordb-int8", "vectordb-binary", "vectordb-growing", "vectordb-float");

    public static final String LUCENE = "lucene";
    public static final String JVECTOR = "jvector";

    private Engines() {}

    /** As tables and plots call it. */
    public static String label(String name) {
        return switch (name) {
            case "vectordb" -> "VectorDB";
            case "vectordb-java" -> "VectorDB, Java only";
            case "vectordb-int8" -> "VectorDB int8";
            case "vectordb-binary" -> "VectorDB binary";
            case "vectordb-growing" -> "VectorDB growing";
            case "vectordb-float" -> "VectorDB float";
            case LUCENE -> "Lucene";
            case JVECTOR -> "JVector";
            default -> name;
        };
    }

    /** Flags of the JVM that one of these needs on top of those that all get. */
    public static List<String> jvmFlags(String name) {
        return name.equals("vectordb-java") ? List.of("-D" + KernelProvider.PROPERTY + "=vector-api") : List.of();
    }

    static Engine create(String name, EngineSettings settings) throws IOException {
        return switch (name) {
            case "vectordb", "vectordb-java" -> new FrozenEngine(settings, Quantization.INT4);
            case "vectordb-int8" -> new FrozenEngine(settings, Quantization.INT8);
            case "vectordb-binary" -> new FrozenEngine(settings, Quantization.BINARY);
            case "vectordb-growing" -> new OwnEngine(settings, true);
            case "vectordb-float" -> new OwnEngine(settings, false);
            case LUCENE -> new LuceneEngine(settings);
            case JVECTOR -> new JVectorEngine(settings);
            default -> throw new VectorDbException(ErrorCode.INVALID_VALUE, "there is no engine " + name);
        };
    }
}
