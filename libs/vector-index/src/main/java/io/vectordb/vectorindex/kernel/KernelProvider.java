package io.vectordb.vectorindex.kernel;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Chooses the kernels of this process, once: native ones if the build has them, this CPU can run them and they pass
 * {@link KernelCheck}; otherwise those of the Vector API; otherwise scalar ones.
 *
 * <p>The system property {@value #PROPERTY} asks for others: {@code native}, {@code vector-api}, {@code scalar}, or the
 * full {@linkplain Kernels#name() name} of one, such as {@code native/avx2}. What comes before them in that order is then
 * not even loaded; what cannot be had is replaced by the next that can. One line in the log names the choice, and why
 * nothing better was taken.
 */
public final class KernelProvider {

    /** The system property that asks for kernels. */
    public static final String PROPERTY = "vectordb.kernels";

    private static final Kernels BEST = choose(System.getProperty(PROPERTY, ""));

    private KernelProvider() {}

    /** The kernels to use. */
    public static Kernels best() {
        return BEST;
    }

    /** All kernels that run here and are right, the best first: for tests and benchmarks. */
    public static List<Kernels> available() {
        List<Kernels> available = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            available.addAll(attempt(kind, new ArrayList<>()));
        }
        return available;
    }

    private static Kernels choose(String asked) {
        List<String> reasons = new ArrayList<>();
        Optional<Kind> askedKind = Kind.of(asked);
        for (Kind kind : Kind.values()) {
            if (askedKind.isEmpty() || kind.compareTo(askedKind.get()) >= 0) {
                List<Kernels> found = attempt(kind, reasons);
                if (!found.isEmpty()) {
                    Kernels chosen = found.stream()
                            .filter(kernels -> kernels.name().equals(asked))
                            .findFirst()
                            .orElse(found.getFirst());
                    log(chosen, asked, reasons);
                    return chosen;
                }
            }
        }
        throw new AssertionError("scalar kernels run everywhere");
    }

    /** The kernels of a kind that run here, the best first. */
    private static List<Kernels> attempt(Kind kind, List<String> reasons) {
        try {
            return switch (kind) {
                case NATIVE -> nativeLevels();
                case VECTOR_API -> List.of(vectorApi());
                case SCALAR -> List.of(new ScalarKernels());
            };
        } catch (RuntimeException | LinkageError e) {
            Throwable cause = e instanceof ExceptionInInitializerError && e.getCause() != null ? e.getCause() : e;
            reasons.add("no " + kind.title + " kernels: " + cause.getMessage());
            return List.of();
        }
    }

    private static List<Kernels> nativeLevels() {
        List<Kernels> levels = NativeKernels.levels();
        if (levels.isEmpty()) {
            throw new IllegalStateException("this CPU has none of the instruction sets they were written for");
        }
        levels.forEach(KernelCheck::verify);
        return levels.reversed();
    }

    private static Kernels vectorApi() {
        // Without the module the class could not be linked.
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
            throw new IllegalStateException("the JVM runs without --add-modules=jdk.incubator.vector");
        }
        return VectorApiKernels.create();
    }

    private static void log(Kernels chosen, String asked, List<String> reasons) {
        StringBuilder line = new StringBuilder("distance kernels: ").append(chosen.name());
        if (!asked.isEmpty()) {
            boolean isAsked = chosen.name().equals(asked) || chosen.name().startsWith(asked + "/");
            line.append(isAsked ? ", as asked for by " : ", instead of what is asked for by ")
                    .append(PROPERTY)
                    .append('=')
                    .append(asked);
        }
        reasons.forEach(reason -> line.append("; ").append(reason));
        Logger logger = System.getLogger(KernelProvider.class.getName());
        logger.log(Level.INFO, line.toString());
    }

    /** From the best down. */
    private enum Kind {
        NATIVE("native"),
        VECTOR_API("vector-api"),
        SCALAR("scalar");

        private final String title;

        Kind(String title) {
            this.title = title;
        }

        /** The kind of the kernels of that name, or of that beginning of a name. */
        static Optional<Kind> of(String name) {
            for (Kind kind : values()) {
                if (name.equals(kind.title) || name.startsWith(kind.title + "/")) {
                    return Optional.of(kind);
                }
            }
            return Optional.empty();
        }
    }
}
