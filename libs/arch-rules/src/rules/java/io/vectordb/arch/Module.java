package io.vectordb.arch;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * One Maven module and what it has compiled, without what protoc has generated.
 *
 * @param folder from the root of the repository, such as {@code libs/raft}
 * @param classes its own, not those of its tests
 */
record Module(String folder, JavaClasses classes) {

    /** Reads the module whose base folder is given; one without classes is a module all the same. */
    static Module at(Path base) {
        Path output = base.resolve("target/classes");
        ClassFileImporter importer = new ClassFileImporter()
                .withImportOption(location ->
                        !location.contains("/io/vectordb/v1/") && !location.contains("/io/vectordb/internal/"));
        JavaClasses classes = Files.isDirectory(output) ? importer.importPath(output) : importer.importClasses();
        return new Module(folder(base), classes);
    }

    /** The first part of the folder: {@code libs}, {@code services}, {@code cli}, {@code e2e-tests}. */
    String kind() {
        int slash = folder.indexOf('/');
        return slash < 0 ? folder : folder.substring(0, slash);
    }

    private static String folder(Path base) {
        Path root = base;
        while (!Files.isDirectory(root.resolve(".mvn"))) {
            root = root.getParent();
            if (root == null) {
                throw new IllegalStateException("expected a module below the folder with .mvn, found " + base);
            }
        }
        return root.relativize(base).toString().replace('\\', '/');
    }
}
