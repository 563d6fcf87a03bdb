package io.vectordb.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class SupervisorTest {

    private static final BackOff QUICK =
            new BackOff(Duration.ofMillis(1), Duration.ofMillis(5), Duration.ofMinutes(1), 3);

    @TempDir
    Path folder;

    private Path notes = Path.of("");
    private RunFolder run = new RunFolder(Path.of(""));

    @BeforeEach
    void makeFolder() throws Exception {
        notes = folder.resolve("notes");
        run = new RunFolder(Files.createDirectories(folder.resolve("run")));
    }

    @AfterEach
    void endChildren() {
        run.state()
                .ifPresent(state -> state.processes()
                        .forEach(process -> process.process().handle().ifPresent(ProcessHandle::destroyForcibly)));
    }

    private Supervisor supervisor(ProcessSpec... processes) {
        Plan plan = new Plan("test", folder.toString(), "http://127.0.0.1:1", "127.0.0.1:2", List.of(processes));
        return new Supervisor(plan, run, QUICK);
    }

    private ProcessState only() {
        return run.state().orElseThrow().processes().getFirst();
    }

    @Test
    void aKilledProcessIsStartedAgainAndStopEndsIt() {
        Supervisor supervisor = supervisor(Child.spec("child-1", "run", notes));
        supervisor.start();
        Await.until("first start", () -> Child.runs(notes).size() == 1);
        ProcessState first = only();
        first.process().handle().orElseThrow().destroyForcibly();
        Await.until("second start", () -> Child.runs(notes).size() == 2);
        Await.until("state tells it", () -> only().restarts() == 1 && only().pid() != 0);
        // Else it may be asked to stop before it has said anything.
        Await.until("output of the second", () -> logOf("child-1").contains("running"));
        OsProcess second = only().process();
        assertThat(second.pid()).isNotEqualTo(first.pid());
        assertThat(run.state().orElseThrow().isSupervised()).isTrue();

        supervisor.stop();

        assertThat(second.isAlive()).isFalse();
        assertThat(run.state()).isEmpty();
        assertThat(logOf("child-1")).contains("running").anyMatch(line -> line.contains("ended with 137 (signal 9)"));
    }

    private List<String> logOf(String node) {
        return LogTail.lines(run.log(node), 100);
    }

    @Test
    void aProcessThatNeverComesUpEndsEverythingAndLeavesTheReason() throws InterruptedException {
        Path others = folder.resolve("others");
        Supervisor supervisor = supervisor(Child.spec("child-1", "run", others), Child.spec("child-2", "fail", notes));
        supervisor.start();
        supervisor.awaitEnd();

        RunState state = run.state().orElseThrow();
        assertThat(state.phase()).isEqualTo(RunState.Phase.FAILED);
        assertThat(state.failure()).isEqualTo("child-2 does not start (3 attempts, exit 3)");
        assertThat(Child.runs(notes)).hasSize(3);
        assertThat(state.processes()).noneMatch(process -> process.process().isAlive());
        assertThat(LogTail.reason(run.log("child-2"))).contains("12:00:00.000 ERROR Child - no luck today");
    }

    @Test
    void aProgramThatDoesNotExistIsAReasonToo() throws InterruptedException {
        ProcessSpec spec = new ProcessSpec(
                "child-1", "child", List.of(folder.resolve("no-such-program").toString()), Map.of(), Map.of());
        Supervisor supervisor = supervisor(spec);
        supervisor.start();
        supervisor.awaitEnd();
        assertThat(run.state().orElseThrow().phase()).isEqualTo(RunState.Phase.FAILED);
        assertThat(LogTail.reason(run.log("child-1")).orElseThrow())
                .contains("cannot start")
                .contains("no-such-program");
    }
}
