package io.vectordb.cli.local;

import java.nio.file.Path;
import java.util.Map;

/**
 * Where this program keeps what it makes: {@code .vectordb} beside the sources, or {@code $VECTORDB_HOME}.
 *
 * <p>Below it: {@code app} (unpacked services), {@code run} (state and logs of what runs), {@code data} (the default
 * data folder of the embedded server), {@code cluster} (that of the local cluster), {@code
 * backups} (those of both).
 *
 * @param root of the checkout, which holds the built services
 * @param folder the home itself
 */
public record Home(Path root, Path folder) {

    /** As the launcher and the environment say. */
    public static Home of(Map<String, String> environment) {
        Path root = Path.of(System.getProperty("vectordb.root", "."))
                .toAbsolutePath()
                .normalize();
        String named = environment.getOrDefault("VECTORDB_HOME", "");
        Path folder =
                named.isEmpty() ? root.resolve(".vectordb") : Path.of(named).toAbsolutePath();
        return new Home(root, folder);
    }

    /** State and logs of the installation of this name. */
    public RunFolder run(String name) {
        return new RunFolder(folder.resolve("run").resolve(name));
    }

    Path apps() {
        return folder.resolve("app");
    }

    public Path defaultData(String name) {
        return folder.resolve(name.equals(Installations.STANDALONE) ? "data" : "cluster");
    }

    /** Beside the data and not within, so that who deletes data keeps the backups; one folder, to restore elsewhere. */
    public Path defaultBackups() {
        return folder.resolve("backups");
    }
}
