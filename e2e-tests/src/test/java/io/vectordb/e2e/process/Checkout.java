package io.vectordb.e2e.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The folder of the sources, what was built in it, and where tests leave files. */
public final class Checkout {

    private Checkout() {}

    /** The folder that holds {@code .mvn}. */
    public static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        return Stream.iterate(Optional.of(folder), Optional::isPresent, each -> each.map(Path::getParent))
                .flatMap(Optional::stream)
                .filter(each -> Files.isDirectory(each.resolve(".mvn")))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no folder above " + folder + " holds .mvn"));
    }

    /** The executable jar of a service. */
    static Path jar(String service) {
        Path target = root().resolve("services").resolve(service).resolve("target");
        try (Stream<Path> built = Files.list(target)) {
            return built.filter(each -> each.getFileName().toString().matches(service + "-.*-exec\\.jar"))
                    .findFirst()
                    .orElseThrow(() -> notBuilt(service));
        } catch (IOException e) {
            throw notBuilt(service);
        }
    }

    private static IllegalStateException notBuilt(String service) {
        return new IllegalStateException("services/" + service + " is not built; build it with: mvn -pl services/"
                + service + " -am -DskipTests package");
    }

    /** An empty folder for the logs of one test; stays, and is emptied when the test runs again. */
    static Path logs(String test) {
        Path folder = root().resolve("e2e-tests/target/process-logs").resolve(test);
        delete(folder);
        try {
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A new folder for what need not stay. */
    public static Path scratch(String test) {
        try {
            return Files.createTempDirectory("vectordb-" + test + "-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes a folder with all that is in it, if there is one. */
    public static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> below = Files.walk(folder)) {
            List<Path> deepestFirst = below.sorted(Comparator.reverseOrder()).toList();
            for (Path each : deepestFirst) {
                Files.deleteIfExists(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
