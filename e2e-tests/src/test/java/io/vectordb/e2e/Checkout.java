package io.vectordb.e2e;

import io.vectordb.testkit.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The repository that these tests run in. */
public final class Checkout {

    private Checkout() {}

    /** The folder of the whole project. */
    public static Path root() {
        return Repository.root();
    }

    /** The services, each a folder of {@code services/}. */
    public static List<String> services() {
        try (Stream<Path> folders = Files.list(root().resolve("services"))) {
            return folders.filter(folder -> Files.exists(folder.resolve("pom.xml")))
                    .map(folder -> folder.getFileName().toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The executable jar of a service.
     *
     * @throws IllegalStateException when it has not been built
     */
    public static Path executableJar(String service) {
        Path target = root().resolve("services").resolve(service).resolve("target");
        if (Files.isDirectory(target)) {
            try (Stream<Path> files = Files.list(target)) {
                List<Path> jars = files.filter(file -> file.toString().endsWith("-exec.jar"))
                        .toList();
                if (jars.size() == 1) {
                    return jars.getFirst();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        throw new IllegalStateException("There is no *-exec.jar of " + service + " in " + target
                + "; build it first: mvn -pl services/" + service + " -am -DskipTests package");
    }
}
