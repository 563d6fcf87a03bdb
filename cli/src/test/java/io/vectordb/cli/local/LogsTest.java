package io.vectordb.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogsTest {

    @TempDir
    Path folder;

    private Path log(String content) throws IOException {
        return Files.writeString(folder.resolve("x.log"), content);
    }

    @Test
    void whatSpringBootDescribesIsTheReason() throws IOException {
        Path log = log("""
                ***************************
                APPLICATION FAILED TO START
                ***************************

                Description:

                Web server failed to start. Port 8080 was already in use.

                Action:

                Identify and stop the process that's listening on port 8080.
                """);
        assertThat(LogTail.reason(log)).contains("Web server failed to start. Port 8080 was already in use.");
    }

    @Test
    void elseTheInnermostCauseOfTheLastRun() throws IOException {
        Path log = log("""
                --- 2026-01-01 00:00:00 x started, pid 1
                Caused by: java.io.IOException: of an earlier run
                --- 2026-01-01 00:00:01 x ended with 1
                --- 2026-01-01 00:00:02 x started, pid 2
                12:00:00.000 ERROR SpringApplication - Application run failed
                java.lang.IllegalStateException: outer
                Caused by: java.lang.RuntimeException: middle
                \tat a.b.C.d(C.java:1)
                Caused by: org.rocksdb.RocksDBException: lock /data/LOCK: held
                \t... 3 more
                --- 2026-01-01 00:00:03 x ended with 1
                """);
        assertThat(LogTail.reason(log)).contains("RocksDBException: lock /data/LOCK: held");
    }

    @Test
    void elseTheLastLineThatIsNoMark() throws IOException {
        Path log = log(
                "--- 2026-01-01 00:00:02 x started, pid 2\nsome line\n--- 2026-01-01 00:00:03 x ended with 137 (signal 9)\n");
        assertThat(LogTail.reason(log)).contains("some line");
        assertThat(LogTail.reason(folder.resolve("absent.log"))).isEmpty();
    }

    @Test
    void theTailIsTheLastLines() throws IOException {
        assertThat(LogTail.lines(log("a\nb\nc\n"), 2)).containsExactly("b", "c");
        StringBuilder much = new StringBuilder();
        for (int i = 0; i < 100_000; i++) {
            much.append("line ").append(i).append('\n');
        }
        assertThat(LogTail.lines(log(much.toString()), 3)).containsExactly("line 99997", "line 99998", "line 99999");
    }

    @Test
    void aFullLogBeginsANewFileAndKeepsOneOlder() throws IOException {
        Path file = folder.resolve("y.log");
        try (RotatingLog log = new RotatingLog(file, 10)) {
            log.line("12345678");
            log.line("abcdefgh");
            log.line("ABCDEFGH");
        }
        assertThat(file).hasContent("ABCDEFGH\n");
        assertThat(folder.resolve("y.log.1")).hasContent("abcdefgh\n");
    }

    @Test
    void readinessTellsWhatIsBeingWaitedFor() {
        assertThat(Readiness.read(200, "{}").ready()).isTrue();
        assertThat(Readiness.read(503, "garbage")).isEqualTo(new Readiness(false, "starting"));
        assertThat(Readiness.read(
                        503,
                        "{\"components\": {\"service\": {\"details\": {\"a\": \"ready\", \"b\": \"no leader\"}}}}"))
                .isEqualTo(new Readiness(false, "no leader"));
    }
}
