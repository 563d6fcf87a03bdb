package io.vectordb.vectorindex.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;

/** The library of native kernels that the build has put beside the classes, if it could compile it. */
final class NativeLibrary {

    private NativeLibrary() {}

    /**
     * Loads the library, for as long as the process lives. A library can only be loaded from a file: it is copied to a
     * temporary one, which is deleted again, as the mapping outlives it.
     *
     * @throws RuntimeException if this build has none for this platform, or it cannot be written or loaded
     */
    static SymbolLookup load() {
        String resource = "/META-INF/native/" + platform() + "/libvectordb_kernels.so";
        try (InputStream library = NativeLibrary.class.getResourceAsStream(resource)) {
            if (library == null) {
                throw new IllegalStateException("this build has no " + resource);
            }
            Path file = Files.createTempFile("vectordb_kernels", ".so");
            try {
                Files.copy(library, file, StandardCopyOption.REPLACE_EXISTING);
                return SymbolLookup.libraryLookup(file, Arena.global());
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** System and architecture as the build names them, such as {@code "linux-x86_64"}. */
    static String platform() {
        String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String architecture = System.getProperty("os.arch", "");
        return (system.startsWith("mac") ? "macos" : system)
                + "-"
                + (architecture.equals("amd64") ? "x86_64" : architecture);
    }
}
