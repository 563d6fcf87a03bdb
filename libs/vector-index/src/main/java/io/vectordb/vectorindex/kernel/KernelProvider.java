package io.vectordb.vectorindex.kernel;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Chooses the kernels of this process, once: native ones if the build has them, this CPU can run them and they pass
 * {@link KernelCheck}; otherwise those of the Vector API, and scalar ones where the JVM has no vectors.
 *
 * <p>The system property {@value #PROPERTY} asks for others: {@code native}, {@code vector-api}, {@code scalar}, or the
 * full {@linkplain Kernels#name() name} of one, such as {@code native/avx2}. What cannot be had is replaced by the next
 * that can. One line in the log names the choice, and why nothing better was taken.
 */
public final class KernelProvider {

    /** The system property that asks for kernels. */
    public static final String PROPERTY = "vectordb.kernels";

    private static final List<Kernels> AVAILABLE;
    private static final Kernels BEST;

    static {
        List<String> reasons = new ArrayList<>();
        AVAILABLE = List.copyOf(find(reasons));
        String asked = System.getProperty(PROPERTY, "");
        BEST = choose(AVAILABLE, asked);
        log(asked, reasons);
    }

    private KernelProvider() {}

    /** The kernels to use. */
    public static Kernels best() {
        return BEST;
    }

    /** All that run here and are right, the slowest first. */
    public static List<Kernels> available() {
        return AVAILABLE;
    }

    private static List<Kernels> find(List<String> reasons) {
        List<Kernels> found = new ArrayList<>();
        found.add(new ScalarKernels());
        found.addAll(attempt("vector-api", KernelProvider::vectorApi, reasons));
        found.addAll(attempt("native", KernelProvider::nativeLevels, reasons));
        return found;
    }

    private static List<Kernels> attempt(String kind, Supplier<List<Kernels>> kernels, List<String> reasons) {
        try {
            return kernels.get();
        } catch (RuntimeException | LinkageError e) {
            Throwable cause = e instanceof ExceptionInInitializerError && e.getCause() != null ? e.getCause() : e;
            reasons.add("no " + kind + " kernels: " + cause.getMessage());
            return List.of();
        }
    }

    private static List<Kernels> vectorApi() {
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
            throw new IllegalStateException("the JVM was started without --add-modules=jdk.incubator.vector");
        }
        // In a method of its own class, so that nothing is linked where the module is absent.
        return List.of(VectorApiKernels.create());
    }

    private static List<Kernels> nativeLevels() {
        List<Kernels> levels = NativeKernels.levels();
        if (levels.isEmpty()) {
            throw new IllegalStateException("this CPU has none of the instruction sets they were written for");
        }
        levels.forEach(KernelCheck::verify);
        return levels;
    }

    private static Kernels choose(List<Kernels> available, String asked) {
        for (Kernels kernels : available.reversed()) {
            if (isMeant(asked, kernels)) {
                return kernels;
            }
        }
        return available.getLast();
    }

    private static boolean isMeant(String asked, Kernels kernels) {
        return kernels.name().equals(asked) || kernels.name().startsWith(asked + "/");
    }

    private static void log(String asked, List<String> reasons) {
        StringBuilder line = new StringBuilder("distance kernels: ").append(BEST.name());
        if (!asked.isEmpty()) {
            line.append(isMeant(asked, BEST) ? ", as asked for by " : ", instead of what is asked for by ");
            line.append(PROPERTY).append('=').append(asked);
        }
        reasons.forEach(reason -> line.append("; ").append(reason));
        Logger logger = System.getLogger(KernelProvider.class.getName());
        logger.log(Level.INFO, line.toString());
    }
}
