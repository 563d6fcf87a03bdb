package io.vectordb.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vectordb.testkit.Repository;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script at the root of the repository. */
class LauncherTest {

    private static final Path BASH = Path.of("/bin/bash");

    @TempDir
    Path folder;

    /** What a run printed, both streams in one, and its exit code. */
    private record Run(int exit, String output) {}

    private static Run run(Path script, Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(BASH), "there is no " + BASH);
        ProcessBuilder builder = new ProcessBuilder(BASH.toString(), script.toString());
        builder.command().addAll(List.of(arguments));
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return new Run(process.exitValue(), output);
    }

    private static Path script() {
        return Repository.root().resolve("vectordb");
    }

    /** A machine without Java, as far as the script can see: a copy that looks for it where there is nothing. */
    private Path scriptOfAMachineWithoutJava() throws IOException {
        String text = Files.readString(script());
        for (String place : List.of("/usr/lib/jvm", "/opt/", "/usr/local/", "/Library/")) {
            text = text.replace(place, folder + "/nothing/");
        }
        return Files.writeString(folder.resolve("vectordb"), text);
    }

    @Test
    void withoutAJdk25ItSaysSoInOneLineAndHowToGetOne() throws Exception {
        Run run = run(scriptOfAMachineWithoutJava(), Map.of("PATH", ""), "up");
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.output())
                .startsWith("error: no JDK 25 found; install one")
                .contains("adoptium.net", "VECTORDB_JAVA_HOME")
                .hasLineCount(1);
    }

    @Test
    void aNamedJdkOfAnotherVersionIsRefused() throws Exception {
        Files.createDirectories(folder.resolve("bin"));
        Files.writeString(folder.resolve("release"), "JAVA_VERSION=\"17.0.15\"\n");
        Run run = run(script(), Map.of("PATH", "", "VECTORDB_JAVA_HOME", folder.toString()), "version");
        assertThat(run).isEqualTo(new Run(2, "error: VECTORDB_JAVA_HOME=" + folder + " is no JDK 25\n"));
    }

    @Test
    void withoutMavenItSaysSoInOneLine() throws Exception {
        Map<String, String> environment = Map.of("PATH", "", "VECTORDB_JAVA_HOME", System.getProperty("java.home"));
        Run run = run(script(), environment, "test");
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.output()).startsWith("error: Maven is needed to build").hasLineCount(1);
    }

    @Test
    void aModuleThatDoesNotExistIsRefused() throws Exception {
        Map<String, String> environment =
                Map.of("PATH", System.getenv("PATH"), "VECTORDB_JAVA_HOME", System.getProperty("java.home"));
        assertThat(run(script(), environment, "test", "no-such-module"))
                .isEqualTo(new Run(2, "error: there is no module no-such-module\n"));
    }
}
