package io.vectordb.e2e.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vectordb.e2e.Checkout;
import io.vectordb.testkit.Ports;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** A local cluster as people run it: started, loaded with the samples, searched and stopped by the command line. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(value = 6, unit = TimeUnit.MINUTES)
class LauncherIT {

    private static final Path BASH = Path.of("/bin/bash");
    private static final int NODE_PORTS = 250;

    private final int port = Ports.free();
    private final int grpcPort = Ports.free();
    private final int basePort = Ports.free(NODE_PORTS);
    private final Path home = Folders.scratch("launcher");
    private final Path logs = Folders.logs("launcher");
    private int runs;

    /** What a run printed, and its exit code. */
    private record Run(int exit, String output, String errors) {

        String lastError() {
            return errors.lines().reduce("", (_, line) -> line);
        }
    }

    private Run run(String... arguments) throws IOException, InterruptedException {
        runs++;
        Path output = logs.resolve(runs + ".out");
        Path errors = logs.resolve(runs + ".err");
        List<String> command = new ArrayList<>(
                List.of(BASH.toString(), Checkout.root().resolve("vectordb").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(home.toFile())
                .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile());
        builder.environment().put("VECTORDB_HOME", home.toString());
        builder.environment().put("VECTORDB_BUILD", "never");
        builder.environment().put("VECTORDB_HEAP", "256m");
        builder.environment().put("VECTORDB_JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("VECTORDB_URL", "http://127.0.0.1:" + port);
        Process process = builder.start();
        try {
            assertThat(process.waitFor(5, TimeUnit.MINUTES))
                    .as("%s ends", command)
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Run(process.exitValue(), Files.readString(output), Files.readString(errors));
    }

    private Run up() throws IOException, InterruptedException {
        return run(
                "local-cluster",
                "up",
                "--storage",
                "1",
                "--port",
                Integer.toString(port),
                "--grpc-port",
                Integer.toString(grpcPort),
                "--base-port",
                Integer.toString(basePort));
    }

    /** The processes that run out of our home folder; nobody else's have its name in their command. */
    private List<ProcessHandle> processes() {
        return ProcessHandle.allProcesses()
                .filter(each -> each.info().commandLine().orElse("").contains(home.toString()))
                .toList();
    }

    @BeforeAll
    void requireBash() {
        assumeTrue(Files.isExecutable(BASH), "there is no " + BASH);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> processes().forEach(ProcessHandle::destroyForcibly)));
    }

    @AfterAll
    void removeAll() {
        processes().forEach(each -> {
            each.destroyForcibly();
            each.onExit().join();
        });
        Folders.delete(home);
    }

    @Test
    @Order(1)
    void aClusterComesUpAndTellsWhereItIs() throws Exception {
        Run up = up();
        assertThat(up.exit()).as("%s", up).isZero();
        assertThat(up.output()).isEqualTo("REST  http://127.0.0.1:" + port + "\ngRPC  127.0.0.1:" + grpcPort + "\n");
        Run status = run("local-cluster", "status");
        assertThat(status.exit()).as("%s", status).isZero();
        assertThat(status.output()).contains("metadata-1", "storage-1", "index-1", "coordinator-1", "gateway-1");
        assertThat(processes()).hasSizeGreaterThanOrEqualTo(5);
    }

    @Test
    @Order(2)
    void whatRunsAlreadyOrCannotBeHadIsOneLineWithTheWayOut() throws Exception {
        Run again = up();
        assertThat(again.exit()).isEqualTo(5);
        assertThat(again.lastError()).startsWith("error: the local cluster runs already at http://127.0.0.1:" + port);
        Run taken = run("up", "--port", Integer.toString(port), "--grpc-port", Integer.toString(Ports.free()));
        assertThat(taken.exit()).isEqualTo(5);
        assertThat(taken.errors())
                .startsWith("error: port " + port + " ")
                .contains("--port N")
                .hasLineCount(1);
        Path file = Files.createFile(home.resolve("file"));
        Run unwritable = run(
                "up",
                "--data",
                file.resolve("data").toString(),
                "--port",
                Integer.toString(Ports.free()),
                "--grpc-port",
                Integer.toString(Ports.free()));
        assertThat(unwritable.exit()).isEqualTo(2);
        assertThat(unwritable.errors())
                .startsWith("error: cannot write to the data folder " + file)
                .contains("--data DIR")
                .hasLineCount(1);
    }

    @Test
    @Order(3)
    void theSamplesAreLoadedAndFoundByMeaningAndFilter() throws Exception {
        Run load = run("load", Checkout.root().resolve("samples/filings").toString());
        assertThat(load.exit()).as("%s", load).isZero();
        assertThat(load.output()).contains("3 read with 3 filings").contains("rejected   0");
        Run search = run("search", "shortage of capacity for chips", "-w", "form = '10-Q'", "-k", "1", "-o", "json");
        assertThat(search.exit()).as("%s", search).isZero();
        JsonNode hits = new ObjectMapper().readTree(search.output()).path("hits");
        assertThat(hits.size()).isEqualTo(1);
        assertThat(hits.at("/0/fields/document").asString()).isEqualTo("fictional-chips-10q.htm");
        assertThat(hits.at("/0/fields/text").asString()).contains("remained short");
        Run syntax = run("search", "chips", "-w", "form == '10-Q'");
        assertThat(syntax.exit()).isEqualTo(6);
        assertThat(syntax.errors()).startsWith("error: filter, column 7: expected a value, found = (FILTER_SYNTAX)\n");
        Run absent = run("collections", "get", "nowhere");
        assertThat(absent.exit()).isEqualTo(4);
    }

    @Test
    @Order(4)
    void stoppingLeavesNothing() throws Exception {
        Run stop = run("local-cluster", "stop");
        assertThat(stop.exit()).as("%s", stop).isZero();
        assertThat(processes()).isEmpty();
        Run search = run("search", "chips");
        assertThat(search.exit()).isEqualTo(3);
        assertThat(search.lastError()).contains("./vectordb");
    }
}
