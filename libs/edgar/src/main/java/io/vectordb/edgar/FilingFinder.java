package io.vectordb.edgar;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the files to read below given paths.
 *
 * <p>Folders are walked recursively and symbolic links followed (loops reported); names beginning with a dot are left
 * out unless given explicitly. The order is that of the given paths, and sorted by path below each.
 */
public final class FilingFinder {

    /** A path met on the walk. */
    public sealed interface Found {
        Path path();

        /** A regular file. */
        record Regular(Path path) implements Found {}

        /** A path that does not exist, cannot be opened or is no regular file; {@code reason} is one line. */
        record Skipped(Path path, String reason) implements Found {}
    }

    private FilingFinder() {}

    /** Everything below the paths, each file once per path that leads to it; never throws on what it meets. */
    public static List<Found> find(Collection<Path> paths) {
        List<Found> all = new ArrayList<>();
        for (Path path : paths) {
            Walker walker = new Walker(path);
            try {
                Files.walkFileTree(path, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, walker);
            } catch (IOException | SecurityException e) {
                walker.found.add(new Found.Skipped(path, Reasons.of(e)));
            }
            walker.found.sort(Comparator.comparing(found -> found.path().toString()));
            all.addAll(walker.found);
        }
        return List.copyOf(all);
    }

    private static final class Walker extends SimpleFileVisitor<Path> {
        private final Path root;
        private final List<Found> found = new ArrayList<>();

        private Walker(Path root) {
            this.root = root;
        }

        private boolean hidden(Path path) {
            Path name = path.getFileName();
            return !path.equals(root) && name != null && name.toString().startsWith(".");
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return hidden(folder) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (!hidden(file)) {
                found.add(
                        attributes.isRegularFile()
                                ? new Found.Regular(file)
                                : new Found.Skipped(file, "not a regular file"));
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path path, IOException failure) {
            if (!hidden(path)) {
                found.add(new Found.Skipped(path, Reasons.of(failure)));
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) {
            if (failure != null) {
                found.add(new Found.Skipped(folder, Reasons.of(failure)));
            }
            return FileVisitResult.CONTINUE;
        }
    }
}
