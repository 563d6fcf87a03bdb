package io.vectordb.backup;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The targets that callers may name: folders at or below those that the operator allows, so that nobody makes a server
 * write elsewhere. A relative name is one below the first of them, and no name means {@value #DEFAULT} there.
 */
public final class BackupTargets {

    /** The name of the target that is taken when none is named. */
    public static final String DEFAULT = "default";

    private final List<Path> roots;
    private final InstantSource clock;

    /** @param roots may be none: then there are no backups */
    public BackupTargets(List<Path> roots, InstantSource clock) {
        this.roots =
                roots.stream().map(root -> root.toAbsolutePath().normalize()).toList();
        this.clock = clock;
    }

    /** The target of this name, made where it does not exist yet. */
    public BackupTarget make(String name) throws IOException {
        return FolderTarget.make(resolve(name), clock);
    }

    /** The target of this name, where something was put there before. */
    public Optional<BackupTarget> find(String name) throws IOException {
        return FolderTarget.find(resolve(name), clock).map(target -> target);
    }

    private Path resolve(String name) throws IOException {
        if (roots.isEmpty()) {
            throw refused(name, "no folder for backups is configured (vectordb.backup.folders)");
        }
        Path path = path(name);
        Path real = real(path);
        for (Path root : roots) {
            if (path.startsWith(root) && real.startsWith(real(root))) {
                return path;
            }
        }
        throw refused(name, "it is not below one of " + roots);
    }

    private Path path(String name) {
        if (name.contains("://")) {
            throw new VectorDbException(
                    ErrorCode.FEATURE_NOT_AVAILABLE,
                    "the target " + name + " is not a folder, and other kinds are not available yet",
                    Map.of("target", name));
        }
        try {
            return roots.getFirst().resolve(name.isEmpty() ? DEFAULT : name).normalize();
        } catch (InvalidPathException e) {
            throw refused(name, "it is not a path");
        }
    }

    /** Where the path leads, following the links on the way as far as it exists. */
    private static Path real(Path path) throws IOException {
        @Nullable Path existing = path;
        while (existing != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        return existing == null
                ? path
                : existing.toRealPath().resolve(existing.relativize(path)).normalize();
    }

    private static VectorDbException refused(String name, String why) {
        return new VectorDbException(
                ErrorCode.INVALID_VALUE, "the target \"" + name + "\" is refused: " + why, Map.of("target", name));
    }
}
