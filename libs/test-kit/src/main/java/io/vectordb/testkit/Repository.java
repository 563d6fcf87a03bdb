package io.vectordb.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Where the repository is that the tests run in, and what may lie beside it. */
public final class Repository {

    private Repository() {}

    /**
     * The folder of the whole project: the nearest one with a {@code .mvn} above the working directory.
     *
     * @throws IllegalStateException when there is none
     */
    public static Path root() {
        Path start = Path.of("").toAbsolutePath();
        for (Path folder = start; folder != null; folder = folder.getParent()) {
            if (Files.isDirectory(folder.resolve(".mvn"))) {
                return folder;
            }
        }
        throw new IllegalStateException("no folder above " + start + " has a .mvn");
    }

    /**
     * A file or folder of the real data in {@code ../shared/data}, which is not part of the repository; the test is
     * skipped where there is none.
     */
    public static Path sharedData(String name) {
        Path path = root().resolveSibling("shared").resolve("data").resolve(name);
        Assumptions.assumeTrue(Files.exists(path), () -> "skipped: there is no " + path);
        return path;
    }
}
