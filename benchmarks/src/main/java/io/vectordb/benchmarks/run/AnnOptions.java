package io.vectordb.benchmarks.run;

import io.vectordb.benchmarks.data.Similarity;
import io.vectordb.benchmarks.peer.Catalog;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What {@code bench ann} is told on the command line. */
public final class AnnOptions {

    /** Neighbours per node, unless said otherwise. */
    public static final int M = 16;

    /** Beam width while building, unless said otherwise. */
    public static final int EF_CONSTRUCTION = 100;

    private static final int CONCURRENT_BEAM = 64;

    /** What this verb takes. */
    public static final String USAGE = """
            usage: ./vectordb bench ann DATASET [options]

            DATASET: glove-100-angular, sec-minilm-384, bigann10k-128, minilm-1m (made on first use; any minilm-Nk or
            minilm-Nm), a folder with base.fvecs, query.fvecs and perhaps groundtruth.ivecs, or an .fvecs file.

              --engines A,B,..      of %s (all)
              --rounds N            interleaved rounds of searches (7)
              --build-rounds N      builds with each number of threads, of which the median counts (1)
              --threads A,B,..      build with so many threads too (1,2); searches use the index of the first
              --ef A,B,..           beam widths (10,16,24,32,48,64,96,128,192,256,384,512)
              --clock WORD          wall, or cpu: rates by the time the searching thread was running (wall)
              --m N                 neighbours per node (16)
              --ef-construction N   beam width while building (100)
              --warm-up SECONDS     of searches before the rounds, per engine (5)
              --metric WORD         cosine, l2 or dot (that of the data set)
              --queries FILE        an .fvecs file in place of those of the set
              --python PROGRAM      interpreter that has FAISS (python3)
              --jvm-flag FLAG       for every JVM; may be given several times
              --out FOLDER          for results.json, table.md and plot.svg (benchmarks/target/ann/DATASET)
              --filtered            searches of ours under filters, beside hnswlib without
              --concurrent          searches of ours while one thread inserts, beside those of a resting index; --ef %d
                                    unless given
              --churn               recall of ours after half of the records were replaced, beside a fresh build
            """.formatted(String.join(", ", Catalog.names()), CONCURRENT_BEAM);

    private static final List<Integer> BEAMS = List.of(10, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512);

    private @Nullable String dataset;
    private Set<String> engines = new LinkedHashSet<>(Catalog.names());
    private int rounds = 7;
    private int buildRounds = 1;
    private List<Integer> threads = List.of(1, 2);
    private List<Integer> beams = List.of();
    private int m = M;
    private int efConstruction = EF_CONSTRUCTION;
    private double warmUpSeconds = 5;
    private Clock clock = Clock.WALL;
    private @Nullable Similarity similarity;
    private @Nullable Path queries;
    private String python = "python3";
    private final List<String> jvmFlags = new ArrayList<>();
    private @Nullable Path out;
    private AnnMode mode = AnnMode.COMPARE;

    private AnnOptions() {}

    /** @throws VectorDbException when there is no such option, or its value is not of its form */
    public static AnnOptions parse(List<String> arguments) {
        AnnOptions options = new AnnOptions();
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (argument.equals("--filtered")) {
                options.mode = AnnMode.FILTERED;
            } else if (argument.equals("--concurrent")) {
                options.mode = AnnMode.CONCURRENT;
            } else if (argument.equals("--churn")) {
                options.mode = AnnMode.CHURN;
            } else if (argument.startsWith("--")) {
                i++;
                if (i == arguments.size()) {
                    throw wrong(argument + " needs a value");
                }
                options.set(argument, arguments.get(i));
            } else if (options.dataset == null) {
                options.dataset = argument;
            } else {
                throw wrong("one data set at a time, not also " + argument);
            }
        }
        return options;
    }

    private void set(String option, String value) {
        switch (option) {
            case "--engines" -> engines = new LinkedHashSet<>(Arrays.asList(value.split(",")));
            case "--rounds" -> rounds = positive(option, value);
            case "--build-rounds" -> buildRounds = positive(option, value);
            case "--threads" -> threads = list(option, value);
            case "--ef" -> beams = list(option, value);
            case "--clock" -> clock = Clock.parse(value);
            case "--m" -> m = positive(option, value);
            case "--ef-construction" -> efConstruction = positive(option, value);
            case "--warm-up" -> warmUpSeconds = positive(option, value);
            case "--metric" -> similarity = Similarity.parse(value);
            case "--queries" -> queries = Path.of(value);
            case "--python" -> python = value;
            case "--jvm-flag" -> jvmFlags.add(value);
            case "--out" -> out = Path.of(value);
            default -> throw wrong("there is no option " + option);
        }
    }

    private static List<Integer> list(String option, String value) {
        return Arrays.stream(value.split(","))
                .map(part -> positive(option, part))
                .toList();
    }

    private static int positive(String option, String value) {
        try {
            int number = Integer.parseInt(value);
            if (number > 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new VectorDbException(ErrorCode.INVALID_VALUE, expected(option, value), e);
        }
        throw wrong(expected(option, value));
    }

    private static String expected(String option, String value) {
        return "expected a positive number for " + option + ", received " + value;
    }

    private static VectorDbException wrong(String message) {
        return new VectorDbException(ErrorCode.INVALID_VALUE, message);
    }

    /** @throws VectorDbException when none was named */
    public String dataset() {
        if (dataset == null) {
            throw wrong("expected a data set; see ./vectordb bench --help");
        }
        return dataset;
    }

    public Set<String> engines() {
        return engines;
    }

    public int rounds() {
        return rounds;
    }

    public int buildRounds() {
        return buildRounds;
    }

    public List<Integer> threads() {
        return threads;
    }

    public List<Integer> beams() {
        if (!beams.isEmpty()) {
            return beams;
        }
        return mode == AnnMode.CONCURRENT ? List.of(CONCURRENT_BEAM) : BEAMS;
    }

    public int m() {
        return m;
    }

    public int efConstruction() {
        return efConstruction;
    }

    public double warmUpSeconds() {
        return warmUpSeconds;
    }

    public Clock clock() {
        return clock;
    }

    public @Nullable Similarity similarity() {
        return similarity;
    }

    public @Nullable Path queries() {
        return queries;
    }

    public String python() {
        return python;
    }

    public List<String> jvmFlags() {
        return jvmFlags;
    }

    public @Nullable Path out() {
        return out;
    }

    public AnnMode mode() {
        return mode;
    }
}
