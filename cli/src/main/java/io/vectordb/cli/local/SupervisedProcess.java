package io.vectordb.cli.local;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One process that is started again whenever it ends. Thread-safe. */
final class SupervisedProcess {

    private static final Duration GRACE = Duration.ofSeconds(20);

    private final ProcessSpec spec;
    private final Path runFolder;
    private final BackOff backOff;
    private final Runnable onChange;
    private final Consumer<String> giveUp;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final CountDownLatch finished = new CountDownLatch(1);
    private volatile Optional<Process> current = Optional.empty();
    private volatile int restarts;

    /**
     * @param onChange called after every start and end
     * @param giveUp called with the reason when the process does not come up at all
     */
    SupervisedProcess(ProcessSpec spec, Path runFolder, BackOff backOff, Runnable onChange, Consumer<String> giveUp) {
        this.spec = spec;
        this.runFolder = runFolder;
        this.backOff = backOff;
        this.onChange = onChange;
        this.giveUp = giveUp;
    }

    void start(long logBytes) {
        Thread.ofPlatform().name(spec.node()).daemon().start(() -> {
            try (RotatingLog log = new RotatingLog(runFolder.resolve(spec.node() + ".log"), logBytes)) {
                keepAlive(log);
            } catch (IOException e) {
                giveUp.accept("cannot write the log of " + spec.node() + ": " + e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                finished.countDown();
            }
        });
    }

    private void keepAlive(RotatingLog log) throws InterruptedException {
        int unsettledEnds = 0;
        boolean everSettled = false;
        while (stopping.getCount() > 0) {
            long began = System.nanoTime();
            String end = runOnce(log);
            if (stopping.getCount() == 0) {
                return;
            }
            boolean settled = System.nanoTime() - began >= backOff.settled().toNanos();
            everSettled |= settled;
            unsettledEnds = settled ? 1 : unsettledEnds + 1;
            if (!everSettled && unsettledEnds >= backOff.earlyFailures()) {
                giveUp.accept(spec.node() + " does not start (" + unsettledEnds + " attempts, " + end + ")");
                return;
            }
            if (stopping.await(backOff.wait(unsettledEnds).toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
            restarts++;
        }
    }

    /** Starts the process, waits for its end and says how it ended. */
    private String runOnce(RotatingLog log) throws InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(spec.command()).redirectErrorStream(true);
        builder.environment().putAll(spec.environment());
        try {
            Process process = startUnlessStopping(builder);
            if (process == null) {
                return "stopped";
            }
            process.getOutputStream().close();
            log.line(RunMarks.started(spec.node(), process.pid()));
            onChange.run();
            copyOutput(process, log);
            int exit = process.waitFor();
            current = Optional.empty();
            log.line(RunMarks.ended(spec.node(), exit));
            onChange.run();
            return "exit " + exit;
        } catch (IOException e) {
            log.line("ERROR cannot start " + spec.command().getFirst() + ": " + e.getMessage());
            return e.getMessage() == null ? "cannot be started" : e.getMessage();
        }
    }

    private static void copyOutput(Process process, RotatingLog log) {
        try {
            log.copy(process.getInputStream());
        } catch (IOException e) {
            log.line("--- output lost: " + e.getMessage());
        }
    }

    /** Under the lock that {@link #noMoreStarts} takes, so that no process is started behind a stop. */
    private synchronized @Nullable Process startUnlessStopping(ProcessBuilder builder) throws IOException {
        if (stopping.getCount() == 0) {
            return null;
        }
        Process process = builder.start();
        current = Optional.of(process);
        return process;
    }

    synchronized void noMoreStarts() {
        stopping.countDown();
    }

    /** Asks the process to end; returns at once. */
    void askToStop() {
        noMoreStarts();
        current.ifPresent(Process::destroy);
    }

    /** Returns when the process is gone, which it is by force after a while. */
    void awaitStop() {
        try {
            if (!finished.await(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                current.ifPresent(Process::destroyForcibly);
                finished.await(GRACE.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            current.ifPresent(Process::destroyForcibly);
            Thread.currentThread().interrupt();
        }
    }

    String service() {
        return spec.service();
    }

    ProcessState state() {
        OsProcess process = current.map(Process::toHandle).map(OsProcess::of).orElse(new OsProcess(0, 0));
        return new ProcessState(
                spec.node(), spec.service(), process.pid(), process.startedMillis(), restarts, spec.ports());
    }
}
