package io.vectordb.vectorindex.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a JVM of its own chooses, and what it says about it. */
final class KernelProviderTest {

    private static final String LOG = "distance kernels: ";
    private static final List<String> FLAGS =
            List.of("--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED");

    @TempDir
    private Path folder;

    @Test
    void bestOfThoseAvailableIsChosenWhenNothingIsAsked() throws Exception {
        Choice choice = choose(FLAGS);
        assertThat(choice.name).isEqualTo(KernelProvider.available().getFirst().name());
        assertThat(choice.log).startsWith(LOG + choice.name);
    }

    @Test
    void everyKindIsChosenWhenAsked() throws Exception {
        for (Kernels kernels : KernelProvider.available()) {
            Choice choice = choose(FLAGS, "-Dvectordb.kernels=" + kernels.name());
            assertThat(choice.name).isEqualTo(kernels.name());
            assertThat(choice.log)
                    .isEqualTo(LOG + choice.name + ", as asked for by vectordb.kernels=" + kernels.name());
        }
        assertThat(choose(FLAGS, "-Dvectordb.kernels=vector-api").name).startsWith("vector-api/");
    }

    @Test
    void unknownNameIsToldInTheLog() throws Exception {
        Choice choice = choose(FLAGS, "-Dvectordb.kernels=quantum");
        assertThat(choice.name).isEqualTo(KernelProvider.available().getFirst().name());
        assertThat(choice.log).contains("instead of what is asked for by vectordb.kernels=quantum");
    }

    @Test
    void scalarKernelsAreChosenWithoutTheModuleAndTheLibrary() throws Exception {
        Choice choice = choose(List.of(FLAGS.get(1)), "-Dvectordb.kernels=vector-api");
        assertThat(choice.name).isEqualTo("scalar");
        assertThat(choice.log).contains("instead of", "no vector-api kernels: the JVM runs without --add-modules");
    }

    @Test
    void corruptLibraryIsPassedOver() throws Exception {
        Path library = folder.resolve("META-INF/native/" + NativeLibrary.platform() + "/libvectordb_kernels.so");
        Files.createDirectories(library.getParent());
        Files.writeString(library, "not a library");
        Choice choice = choose(FLAGS);
        assertThat(choice.name).startsWith("vector-api/");
        assertThat(choice.log).contains("; no native kernels: ");
    }

    @Test
    void libraryThatCannotBeExtractedIsPassedOver() throws Exception {
        assumeNative();
        Choice choice = choose(FLAGS, "-Djava.io.tmpdir=" + folder.resolve("absent"));
        assertThat(choice.name).startsWith("vector-api/");
        assertThat(choice.log).contains("; no native kernels: ");
    }

    @Test
    void extractedLibraryIsDeleted() throws Exception {
        assumeNative();
        assertThat(choose(FLAGS, "-Djava.io.tmpdir=" + folder).name).startsWith("native/");
        assertThat(folder).isEmptyDirectory();
    }

    private static void assumeNative() {
        assumeThat(KernelProvider.available().getFirst().name())
                .as("native kernels in this build")
                .startsWith("native/");
    }

    /** Runs {@link Main} in a JVM of its own, with the test's folder before the class path. */
    private Choice choose(List<String> flags, String... more) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.addAll(List.of(more));
        command.addAll(List.of("-cp", folder + File.pathSeparator + System.getProperty("java.class.path")));
        command.add(Main.class.getName());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        List<String> logged = output.lines().filter(line -> line.contains(LOG)).toList();
        assertThat(logged).as(output).hasSize(1);
        String name = output.lines()
                .filter(line -> line.startsWith(Main.ANSWER))
                .findFirst()
                .orElseThrow();
        String log = logged.getFirst();
        return new Choice(name.substring(Main.ANSWER.length()), log.substring(log.indexOf(LOG)));
    }

    private record Choice(String name, String log) {}

    /** Chooses twice and computes something. */
    static final class Main {

        private static final String ANSWER = "chosen ";

        private Main() {}

        public static void main(String[] args) {
            KernelCheck.verify(KernelProvider.best());
            System.out.println(ANSWER + KernelProvider.best().name());
        }
    }
}
