package io.vectordb.benchmarks.engine;

import io.vectordb.benchmarks.data.Similarity;
import io.vectordb.benchmarks.data.VectorFile;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The process of one engine that runs in a JVM: {@code NAME BASE QUERIES METRIC M EF_CONSTRUCTION}. */
public final class EngineMain {

    private EngineMain() {}

    public static void main(String[] arguments) throws IOException {
        VectorFile base = VectorFile.open(Path.of(arguments[1]));
        float[][] queries = VectorFile.open(Path.of(arguments[2])).toArrays();
        EngineSettings settings = new EngineSettings(
                Similarity.parse(arguments[3]),
                base.dimension(),
                Integer.parseInt(arguments[4]),
                Integer.parseInt(arguments[5]));
        try (Engine engine = Engines.create(arguments[0], settings);
                BufferedReader in = new BufferedReader(
                        new InputStreamReader(new FileInputStream(FileDescriptor.in), StandardCharsets.UTF_8));
                PrintWriter out =
                        new PrintWriter(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8)) {
            new EngineServer(engine, base, queries).serve(in, out);
        }
    }
}
