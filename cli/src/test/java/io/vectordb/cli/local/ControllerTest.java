package io.vectordb.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectordb.cli.rest.StubServer;
import io.vectordb.cli.rest.StubServer.Reply;
import io.vectordb.cli.terminal.CliException;
import io.vectordb.cli.terminal.ExitCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ControllerTest {

    private static final String NOT_READY = """
            {"status": "OUT_OF_SERVICE", "components": {"service": {"details": {
              "metadata": "ready", "index-node": "rebuilding filings-0: 12,000 of 35,000 records"}}}}""";

    @TempDir
    Path folder;

    private ProcessSpec child(int httpPort) {
        ProcessSpec spec = Child.spec("child-1", "run", folder.resolve("notes"));
        return new ProcessSpec(spec.node(), spec.service(), spec.command(), Map.of(), Map.of("http", httpPort));
    }

    /** The whole way: a supervisor process of its own, progress while it is not ready, stop. */
    @Test
    void whatIsLaunchedOutlivesUsUntilItIsStopped() {
        AtomicInteger probes = new AtomicInteger();
        try (StubServer server =
                new StubServer(call -> probes.incrementAndGet() < 3 ? Reply.of(503, NOT_READY) : Reply.of(200, "{}"))) {
            Controller controller = new Controller(new Home(folder, folder), "test");
            controller.launch(new Plan("test", "d", "r", "g", List.of(child(server.port()))));
            List<String> progress = new ArrayList<>();
            RunState state = controller.awaitReady(Duration.ofMinutes(1), progress::add);

            assertThat(progress).contains("rebuilding filings-0: 12,000 of 35,000 records");
            assertThat(state.supervisorPid())
                    .isNotEqualTo(ProcessHandle.current().pid());
            assertThat(controller.running()).isPresent();

            ProcessState killed = controller.kill("child-1");
            Await.until(
                    "restart",
                    () -> controller
                            .running()
                            .map(now -> now.processes().getFirst())
                            .filter(now -> now.restarts() == 1 && now.process().isAlive())
                            .isPresent());
            assertThat(killed.process().isAlive()).isFalse();
            assertThatThrownBy(() -> controller.kill("child-9"))
                    .hasMessage("there is no node child-9; there are child-1");

            OsProcess child =
                    controller.running().orElseThrow().processes().getFirst().process();
            assertThat(controller.stop(line -> {})).isTrue();
            assertThat(child.isAlive()).isFalse();
            assertThat(controller.running()).isEmpty();
            assertThat(controller.stop(line -> {})).isFalse();
        }
    }

    @Test
    void whatAKilledSupervisorLeftIsEnded() {
        Controller controller = new Controller(new Home(folder, folder), "test");
        controller.launch(new Plan("test", "d", "r", "g", List.of(child(1))));
        // Until it is past its own start, a program whose output nobody reads any more may die of that.
        Await.until("output of the child", () -> logHas(controller.folder().log("child-1"), "running"));
        RunState state = controller.folder().state().orElseThrow();
        OsProcess child = state.processes().getFirst().process();
        state.supervisor().handle().orElseThrow().destroyForcibly();
        Await.until("supervisor gone", () -> !state.supervisor().isAlive());
        assertThat(child.isAlive()).isTrue();

        List<String> said = new ArrayList<>();
        controller.cleanUp(said::add);

        assertThat(said).singleElement().asString().contains("left behind by an earlier run");
        assertThat(child.isAlive()).isFalse();
        assertThat(controller.folder().state()).isEmpty();
    }

    private static boolean logHas(Path log, String line) {
        try {
            return Files.exists(log) && Files.readAllLines(log).contains(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aProcessThatGotTheNumberOfAnEarlierOneIsNotTakenForIt() {
        OsProcess self = OsProcess.of(ProcessHandle.current());
        assertThat(self.isAlive()).isTrue();
        assertThat(new OsProcess(self.pid(), self.startedMillis() - 60_000).isAlive())
                .isFalse();
    }

    @Test
    void onlyOneAtATimeStartsOrStops() throws Exception {
        RunFolder run = new RunFolder(folder.resolve("run"));
        try (AutoCloseable held = run.lock().orElseThrow()) {
            assertThat(run.lock()).isEmpty();
        }
        assertThat(run.lock()).isPresent();
    }

    @Test
    void aTakenPortIsNamedWithTheFlagThatChoosesAnother() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            assertThatThrownBy(() -> Ports.requireFree(List.of(child(port)), "127.0.0.1", Map.of("http", "--port N")))
                    .isInstanceOfSatisfying(
                            CliException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.CONFLICT))
                    .hasMessage("port " + port
                            + " (http of child-1) is taken by another program; choose another with --port N");
        }
        Ports.requireFree(List.of(child(Ports.free())), "127.0.0.1", Map.of());
    }

    @Test
    void aPortPlannedTwiceIsRefused() {
        Plan plan = Plans.cluster(folder, folder, new Plans.ClusterSize(1, 3, 1, 9201, 9090, 9200));
        assertThatThrownBy(() -> Ports.requireFree(plan.processes(), "127.0.0.1", Map.of("http", "--port N")))
                .hasMessage("port 9201 is planned twice; choose another with --port N");
    }

    @Test
    void aDataFolderThatIsAFileIsRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "x");
        assertThatThrownBy(() -> Controller.requireWritable(file))
                .hasMessage("cannot write to the data folder " + file
                        + ": it is not a folder; choose another with --data DIR");
        Controller.requireWritable(folder.resolve("new/one"));
    }
}
